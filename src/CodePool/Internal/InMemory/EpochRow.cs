using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>An epoch, and what only the store remembers of it.</summary>
internal sealed record EpochRow(
    Epoch Epoch, EpochCloseReason Reason, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt = null)
{
    /// <summary>What codes burned with it are counted under; an owner settles while its epoch is still open.</summary>
    public EpochCloseReason BurnReason => Reason == EpochCloseReason.None ? EpochCloseReason.Stopped : Reason;

    public EpochRow Close(EpochCloseReason reason, DateTimeOffset now) =>
        this with { Epoch = Epoch with { State = EpochState.Closed }, Reason = reason, ClosedAt = now };
}
