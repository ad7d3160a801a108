namespace CodePool.Redis.Internal;

/// <summary>Every script. All but four begin with the fence; those look after themselves.</summary>
internal sealed class RedisScripts
{
    private readonly Func<string, string, string>? _weaken;

    /// <param name="weaken">For tests only: takes a protection out of a script, by its name and text, so that a test can show the fault.</param>
    public RedisScripts(Func<string, string, string>? weaken = null)
    {
        _weaken = weaken;
        Look = Plain("look");
        Open = Plain("open");
        Push = Fenced("mark", "push");
        Pop = Fenced("entry", "pop");
        ReadJournal = Fenced("entry", "within", "journal");
        Trim = Fenced("trim");
        State = Fenced("mark", "state");
        Forget = Fenced("mark", "forget");
        ReadFrozen = Plain("entry", "within", "frozen");
        DropFrozen = Plain("drop");
    }

    public RedisScript Look { get; }

    public RedisScript Open { get; }

    public RedisScript Push { get; }

    public RedisScript Pop { get; }

    public RedisScript ReadJournal { get; }

    public RedisScript Trim { get; }

    public RedisScript State { get; }

    public RedisScript Forget { get; }

    public RedisScript ReadFrozen { get; }

    public RedisScript DropFrozen { get; }

    private RedisScript Fenced(params ReadOnlySpan<string> parts) => Plain(["fence", .. parts]);

    private RedisScript Plain(params ReadOnlySpan<string> parts)
    {
        string text = "";
        foreach (string part in parts)
            text += Read(part);
        return new RedisScript(_weaken is null ? text : _weaken(parts[^1], text));
    }

    private static string Read(string name)
    {
        using Stream stream = typeof(RedisScripts).Assembly.GetManifestResourceStream($"{name}.lua")
            ?? throw new InvalidOperationException($"{name}.lua is not embedded.");
        using var reader = new StreamReader(stream);

        // Comments are for the reader of the file.
        IEnumerable<string> lines = reader.ReadToEnd().Split('\n')
            .Where(line => line.Length > 0 && !line.TrimStart().StartsWith("--", StringComparison.Ordinal));
        return string.Join('\n', lines) + "\n";
    }
}
