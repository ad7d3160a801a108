namespace CodePool.Providers;

/// <summary>The database went back in time (a promoted standby that lagged, a restored backup), or a recovery from that has not ended.</summary>
/// <remarks>The pool answers it by itself through <see cref="CodeStore.RecoverAsync"/>.</remarks>
public sealed class StoreRewoundException : CodePoolException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="poolName">The pool's name.</param>
    /// <param name="evidence">What gave it away; never a code.</param>
    /// <param name="evidenceEpoch">The epoch under which it was noticed; 0 when the store's record itself says so (another identity, a recovery begun).</param>
    public StoreRewoundException(string poolName, string evidence, long evidenceEpoch = 0)
        : base(poolName, $"Pool '{poolName}': the database went back in time ({evidence}).")
    {
        Evidence = evidence;
        EvidenceEpoch = evidenceEpoch;
    }

    /// <summary>What gave it away.</summary>
    public string Evidence { get; }

    /// <summary>The epoch under which it was noticed, or 0.</summary>
    public long EvidenceEpoch { get; }
}
