namespace CodePool;

/// <summary>The store says that the pool has no code left.</summary>
public class CodePoolEmptyException : CodePoolException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="poolName">The pool's name.</param>
    public CodePoolEmptyException(string poolName)
        : this(poolName, $"Pool '{poolName}' has no code left. Is a StoreMonitor running somewhere (RunMonitors), and is StoreTargetSize large enough?")
    {
    }

    private protected CodePoolEmptyException(string poolName, string message)
        : base(poolName, message)
    {
    }
}
