namespace CodePool;

/// <summary>The pool in the store was made with another format or consistency than the options say.</summary>
public sealed class CodePoolFormatMismatchException : CodePoolConfigurationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="poolName">The pool's name.</param>
    /// <param name="option">The option that differs: the format, or the consistency.</param>
    /// <param name="stored">What the store's record says.</param>
    /// <param name="configured">What the options say.</param>
    public CodePoolFormatMismatchException(string poolName, string option, string stored, string configured)
        : base(poolName, $"{option} is '{configured}', but the pool in the store was made with '{stored}'. Restore the old setting, or give the pool another name.")
    {
        Stored = stored;
        Configured = configured;
    }

    /// <summary>What the store's record says.</summary>
    public string Stored { get; }

    /// <summary>What the options say.</summary>
    public string Configured { get; }
}
