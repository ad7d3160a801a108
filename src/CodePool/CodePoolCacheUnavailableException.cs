namespace CodePool;

/// <summary>
/// The cache cannot be reached or did not answer in time. Takes never throw it: they are served from a lease of the process's own
/// meanwhile. Providers throw it, and health checks name it.
/// </summary>
public sealed class CodePoolCacheUnavailableException : CodePoolException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="poolName">The pool's name.</param>
    /// <param name="message">What failed; never a code or a password.</param>
    /// <param name="possiblyTaken">Codes that a pop may have taken although nobody got its reply; 0 when it surely was not executed.</param>
    /// <param name="innerException">The provider's exception.</param>
    public CodePoolCacheUnavailableException(string poolName, string message, int possiblyTaken = 0, Exception? innerException = null)
        : base(poolName, $"Pool '{poolName}': {message}", innerException) => PossiblyTaken = possiblyTaken;

    /// <summary>An upper bound of the codes that were popped and reached nobody. They become Used without having been delivered.</summary>
    public int PossiblyTaken { get; }
}
