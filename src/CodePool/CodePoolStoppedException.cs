namespace CodePool;

/// <summary>The pool was stopped with its host, or has not been started yet.</summary>
public sealed class CodePoolStoppedException : CodePoolException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="poolName">The pool's name.</param>
    /// <param name="message">Which of the two, and the fix.</param>
    public CodePoolStoppedException(string poolName, string message)
        : base(poolName, $"Pool '{poolName}' {message}")
    {
    }
}
