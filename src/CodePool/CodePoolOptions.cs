namespace CodePool;

/// <summary>The settings of one pool. Checked when the host starts: wrong ones stop it, with the key and the fix in the message.</summary>
public sealed class CodePoolOptions
{
    /// <summary>Below so many available codes in the store, new ones are generated. Default 50,000.</summary>
    public int StoreMinThreshold { get; set; } = 50_000;

    /// <summary>How many available codes a generation run fills the store up to. Default 100,000.</summary>
    public int StoreTargetSize { get; set; } = 100_000;

    /// <summary>Below so many codes in the cache, it is refilled from the store. Default 1,000.</summary>
    public int CacheMinThreshold { get; set; } = 1_000;

    /// <summary>
    /// How many codes one refill leases. Default 500. Cache and refill together (<see cref="CacheMinThreshold"/> plus this) bound
    /// what a killed process can leave Unconfirmed, beside what it had taken and not yet marked.
    /// </summary>
    public int CacheRefillBatch { get; set; } = 500;

    /// <summary>
    /// The random symbols: <c>Crockford</c> (default), <c>Digits</c>, <c>Hex</c>, <c>Base58</c>, <c>Unambiguous</c>, or the
    /// symbols themselves, 2 to 94 printable ASCII characters.
    /// </summary>
    public string Alphabet { get; set; } = nameof(CodeAlphabet.Crockford);

    /// <summary>Symbols a code has, 1 to 64. Default 12: 60 bits with the default alphabet. Ignored when <see cref="Pattern"/> is set.</summary>
    public int CodeLength { get; set; } = 12;

    /// <summary>
    /// A pattern such as <c>SPRING-####-####</c>: <c>#</c> is a random symbol, <c>\#</c> a literal #, everything else literal.
    /// Default null: <see cref="CodeLength"/> random symbols.
    /// </summary>
    public string? Pattern { get; set; }

    /// <summary>When a taken code becomes Used in the store. Default <see cref="CodeConsistency.Journaled"/>. Fixed when the pool is made.</summary>
    public CodeConsistency Consistency { get; set; }

    /// <summary>
    /// How many codes a process may confirm beyond those that its callers wait for, to hand them out without another commit; 0 to
    /// 100,000. Default 0. Confirmed pools only. Transactions at once share it (two with PostgreSQL, so that 1 has no effect there). It
    /// multiplies what concurrent takes get from one commit; the price is that up to
    /// this many lie in the process, for its own next callers only, and stay Used, received by nobody, when it stops (<c>codepool.codes.undelivered</c>)
    /// or dies (then nobody counts them).
    /// </summary>
    public int ConfirmAhead { get; set; }

    /// <summary>How often the monitors look by themselves; low water wakes them earlier. Also how soon a taken code is marked. Default 1 second.</summary>
    public TimeSpan MonitorInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a take waits for a refill when the cache is empty. Default 5 seconds.</summary>
    public TimeSpan TakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long another process's heartbeat may stand still before its epoch is closed and its leases are settled. Default 1 minute.
    /// It decides when codes are accounted for. It is also how long a process of a Confirmed pool goes on handing out what it has confirmed without
    /// an answer of the store; then that is held until the store answers. So it is what an operator waits for before <see cref="ICodePoolOperations.ResumeAsync"/>,
    /// if a process cannot be asked.
    /// </summary>
    public TimeSpan EpochTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many taken codes may wait for their mark before the cache is no longer refilled. Default 100,000. Journaled pools only.</summary>
    public int MaxJournalLength { get; set; } = 100_000;

    /// <summary>Whether this process generates codes when the store runs low. Default true. A process always refills the cache in its own memory.</summary>
    public bool RunMonitors { get; set; } = true;

    /// <summary>Allows a keyspace so full that a random guess hits a code with more than one in a million. Default false.</summary>
    public bool AllowGuessableCodes { get; set; }
}
