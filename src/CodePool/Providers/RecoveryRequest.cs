namespace CodePool.Providers;

/// <summary>What the process that noticed a rewound database knows.</summary>
/// <param name="EvidenceEpoch">
/// The epoch under which it was noticed (<see cref="StoreRewoundException.EvidenceEpoch"/>). A recovery raises epoch numbers past it,
/// so evidence from an epoch below the last recovery is answered already.
/// </param>
/// <param name="HighestKnownLease">The highest lease number anybody present remembers.</param>
/// <param name="HighestKnownEpoch">The highest epoch number anybody present remembers.</param>
/// <param name="Resume">
/// Whether the pool may go on afterwards. False for a keyspace that is not sparse: codes handed out and forgotten could be
/// drawn again, so the pool stays stopped until the operator resumes it.
/// </param>
public sealed record RecoveryRequest(long EvidenceEpoch, long HighestKnownLease, long HighestKnownEpoch, bool Resume);
