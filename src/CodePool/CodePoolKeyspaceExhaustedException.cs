namespace CodePool;

/// <summary>The pool is empty, and its format has no (or almost no) code left that was not generated before.</summary>
public sealed class CodePoolKeyspaceExhaustedException : CodePoolEmptyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="poolName">The pool's name.</param>
    public CodePoolKeyspaceExhaustedException(string poolName)
        : base(poolName, $"Pool '{poolName}' has no code left, and its format has no new ones to draw. Start a new pool with a longer CodeLength or a larger Alphabet.")
    {
    }
}
