namespace CodePool;

/// <summary>The base of everything CodePool throws on its own account. Messages name the pool and the fix, never a code.</summary>
public abstract class CodePoolException : Exception
{
    private protected CodePoolException(string poolName, string message, Exception? innerException = null)
        : base(message, innerException) => PoolName = poolName;

    /// <summary>The pool concerned.</summary>
    public string PoolName { get; }
}
