namespace CodePool;

/// <summary>The store cannot be reached or did not answer in time. It may pass: try again.</summary>
public sealed class CodePoolStoreUnavailableException : CodePoolException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="poolName">The pool's name.</param>
    /// <param name="message">What failed; never a code or a password.</param>
    /// <param name="innerException">The provider's exception.</param>
    public CodePoolStoreUnavailableException(string poolName, string message, Exception? innerException = null)
        : base(poolName, $"Pool '{poolName}': {message}", innerException)
    {
    }
}
