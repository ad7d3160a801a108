namespace CodePool;

/// <summary>The pool cannot run as it is set up; a person must mend it. The host refuses to start.</summary>
public class CodePoolConfigurationException : CodePoolException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="poolName">The pool's name.</param>
    /// <param name="message">What is wrong, and the fix.</param>
    /// <param name="innerException">The provider's exception.</param>
    public CodePoolConfigurationException(string poolName, string message, Exception? innerException = null)
        : base(poolName, $"Pool '{poolName}': {message}", innerException)
    {
    }
}
