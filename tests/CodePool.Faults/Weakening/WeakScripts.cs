namespace CodePool.Faults.Weakening;

/// <summary>The scripts without a protection. A text that does not hold what is to be taken out is an error: the control would prove nothing.</summary>
internal sealed class WeakScripts(IReadOnlyCollection<string> without)
{
    private const string Info = "redis.call('INFO', 'replication')";
    private const string SameServer = "string.find(info, 'master_replid:' .. ARGV[1], 1, true)";

    /// <summary>As a server would answer that keeps its id whatever happens to its data.</summary>
    private const string InfoOfMeta =
        "(string.gsub(" + Info + ", 'master_replid:%x+', redis.call('HGET', KEYS[1], 'replid') and 'master_replid:' .. redis.call('HGET', KEYS[1], 'replid') or '%0'))";

    private const string JournalLength =
        "if journaled and (redis.call('LLEN', KEYS[3]) ~= journal or folded < 0 or (journal == 0) ~= (popped == trimmed)) then";

    private const string Leases = "KEYS[1] .. ':leases'";

    public string Weaken(string name, string text)
    {
        if (without.Contains(Protection.Replid) && text.Contains(Info, StringComparison.Ordinal))
            text = name == "open" ? Take(text, SameServer, "true") : Take(text, Info, InfoOfMeta);
        if (without.Contains(Protection.Lengths) && text.Contains("CPFENCED list", StringComparison.Ordinal))
            text = WithoutLengths(text);
        if (without.Contains(Protection.PushOnce) && name == "push")
            text = Take(text, "if redis.call('HGET', KEYS[1], 'l:' .. ARGV[3]) or lease <= mark then return 'DUPLICATE' end", "");
        if (without.Contains(Protection.OneKey))
            text = WithLeasesElsewhere(name, text);
        if (without.Contains(Protection.Journal) && text.Contains("CPFENCED journal", StringComparison.Ordinal))
            text = WithoutJournal(name, text);
        return text;
    }

    private static string WithoutLengths(string text)
    {
        text = Take(text, "if redis.call('LLEN', KEYS[2]) ~= runs or packed < runs or (runs == 0) ~= (packed == 0) then", "if false then");
        text = Take(text, "if redis.call('LLEN', KEYS[4]) ~= loose then", "if false then");
        return Take(text, JournalLength, "if false then");
    }

    private static string WithoutJournal(string name, string text)
    {
        text = Take(text, JournalLength, "if false then");
        return name == "pop"
            ? Take(Take(text, "if journaled then redis.call('RPUSH', KEYS[3], entry) end", ""), "if journaled then redis.call('RPUSH', KEYS[3], unpack(taken)) end", "")
            : text;
    }

    private static string WithLeasesElsewhere(string name, string text)
    {
        switch (name)
        {
            case "push":
                text = Take(text, "if redis.call('HGET', KEYS[1], 'l:' .. ARGV[3]) or", $"if redis.call('HEXISTS', {Leases}, 'l:' .. ARGV[3]) == 1 or");
                text = Take(text, "'pushed', pushed, 'l:' .. ARGV[3], pushed,", "'pushed', pushed,");
                return Take(text, "return 'OK'", $"redis.call('HSET', {Leases}, 'l:' .. ARGV[3], pushed)\nreturn 'OK'");
            case "state":
                return Take(
                    text,
                    "return redis.call('HGETALL', KEYS[1])",
                    $"local all = redis.call('HGETALL', KEYS[1])\nfor _, field in ipairs(redis.call('HGETALL', {Leases})) do all[#all + 1] = field end\nreturn all");
            default:
                return text;
        }
    }

    private static string Take(string text, string protection, string instead) => text.Contains(protection, StringComparison.Ordinal)
        ? text.Replace(protection, instead, StringComparison.Ordinal)
        : throw new InvalidOperationException($"The protection is not where it was: {protection}");
}
