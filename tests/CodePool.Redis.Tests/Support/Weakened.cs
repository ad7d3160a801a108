using CodePool.Redis.Internal;

namespace CodePool.Redis.Tests.Support;

/// <summary>Scripts from which a protection was taken out: the fault that it stands against must show.</summary>
internal static class Weakened
{
    public const string Role = "if not string.find(info, 'role:master', 1, true) then return redis.error_reply('CPREPLICA not a primary') end";
    public const string Replid = "if not string.find(info, 'master_replid:' .. ARGV[1], 1, true) then return redis.error_reply('CPFENCED replid') end";
    public const string FenceToken = "if meta[1] ~= ARGV[2] then return redis.error_reply('CPFENCED token') end";
    public const string Elsewhere = "if meta[2] ~= ARGV[1] then return redis.error_reply('CPFENCED opened elsewhere') end";
    public const string ListLength = "if redis.call('LLEN', KEYS[2]) ~= runs or packed < runs or (runs == 0) ~= (packed == 0) then return redis.error_reply('CPFENCED list') end";
    public const string LooseLength = "if redis.call('LLEN', KEYS[4]) ~= loose then return redis.error_reply('CPFENCED loose') end";
    public const string JournalLength = "if journaled and (redis.call('LLEN', KEYS[3]) ~= journal or folded < 0 or (journal == 0) ~= (popped == trimmed)) then return redis.error_reply('CPFENCED journal') end";

    public const string FewerThanRuns = " or packed < runs";
    public const string FewerThanEntries = " or folded < 0";

    public const string HigherEpoch = "if meta[2] and (tonumber(meta[2]) or 0) >= tonumber(ARGV[3]) then return redis.error_reply('CPFENCED higher epoch') end";
    public const string Changed = "if (meta[3] or '') ~= ARGV[6] then return redis.error_reply('CPFENCED changed') end";
    public const string OtherPool = "if meta[1] and meta[1] ~= ARGV[4] then return redis.error_reply('CPPOOL another pool') end";
    public const string Known = "if redis.call('HGET', KEYS[1], 'l:' .. ARGV[3]) or lease <= mark then return 'DUPLICATE' end";
    public const string Mark = " or lease <= mark";
    public const string Head = "if trimmed ~= tonumber(ARGV[4]) or redis.call('LINDEX', KEYS[3], 0) ~= ARGV[5] or redis.call('LINDEX', KEYS[3], count - 1) ~= ARGV[6] then\n  return 0\nend";
    public const string StillOpen = "if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then return 0 end";
    public const string Bound = "if journaled then count = math.min(count, tonumber(ARGV[4]) - (popped - trimmed)) end";

    /// <summary>Without these pieces of text, each of which a script must hold.</summary>
    public static RedisScripts Without(params string[] protections)
    {
        var found = new HashSet<string>();
        var scripts = new RedisScripts((_, text) =>
        {
            foreach (string protection in protections.Where(text.Contains))
            {
                found.Add(protection);
                text = text.Replace(protection, "", StringComparison.Ordinal);
            }

            return text;
        });
        Assert.Equal(protections.Order(), found.Order());
        return scripts;
    }

    /// <summary>With or without them: a test runs both ways.</summary>
    public static RedisScripts? If(bool weakened, params string[] protections) => weakened ? Without(protections) : null;
}
