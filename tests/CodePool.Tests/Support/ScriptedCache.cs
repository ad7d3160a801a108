using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Tests.Support;

/// <summary>A shared cache in memory that refuses, forgets or stays away when a test says so.</summary>
internal sealed class ScriptedCache : CodeCache
{
    private readonly InProcessCache _inner = new(lowWater: 0, processors: 1);
    private int _refusals;
    private int _looks;

    public override EpochKind Kind => EpochKind.Redis;

    /// <summary>Cannot be reached.</summary>
    public bool IsAway { get; set; }

    /// <summary>Answers nothing but that a person must mend something.</summary>
    public bool Denies { get; set; }

    /// <summary>Can be looked at, and not popped from.</summary>
    public bool RefusesPops { get; set; }

    /// <summary>Can be looked at, and does not say what it holds.</summary>
    public bool RefusesLevels { get; set; }

    /// <summary>How often it was looked at.</summary>
    public int Looks => _looks;

    /// <summary>What it says beside the truth: the highest lease anybody has pushed.</summary>
    public long HighestLease { get; set; }

    /// <summary>Refuses the next pops, as a server of yesterday would.</summary>
    public void RefuseNext(int pops) => _refusals = pops;

    public override async ValueTask<CacheView> LookAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _looks);
        return await Here()._inner.LookAsync(cancellationToken) with { Identity = "server", HighestEpoch = 0, HighestLease = 0 };
    }

    public override ValueTask<CacheStatus> OpenAsync(Epoch epoch, CancellationToken cancellationToken) => Here()._inner.OpenAsync(epoch, cancellationToken);

    public override void Join(Epoch epoch)
    {
    }

    public override ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken) =>
        Here()._inner.PushAsync(epoch, lease, cancellationToken);

    public override ValueTask<IReadOnlyList<long>?> FindUnknownAsync(Epoch epoch, IReadOnlyList<long> leases, CancellationToken cancellationToken) =>
        Here()._inner.FindUnknownAsync(epoch, leases, cancellationToken);

    public override ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken) =>
        Interlocked.Decrement(ref _refusals) >= 0
            ? new(new PopResult(CacheStatus.Fenced, null, [], 0))
            : Here(RefusesPops)._inner.PopAsync(maxCount, cancellationToken);

    public override ValueTask<JournalBatch?> ReadJournalAsync(int maxCount, CancellationToken cancellationToken) =>
        Here()._inner.ReadJournalAsync(maxCount, cancellationToken);

    public override ValueTask TrimJournalAsync(JournalBatch batch, CancellationToken cancellationToken) =>
        Here()._inner.TrimJournalAsync(batch, cancellationToken);

    public override ValueTask<JournalBatch?> ReadFrozenAsync(Epoch epoch, long skip, int maxCount, CancellationToken cancellationToken) =>
        new((JournalBatch?)null);

    public override ValueTask DropFrozenAsync(Epoch epoch, long entries, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override ValueTask<IReadOnlyList<FinishedLease>> GetFinishedLeasesAsync(CancellationToken cancellationToken) =>
        Here()._inner.GetFinishedLeasesAsync(cancellationToken);

    public override ValueTask ForgetAsync(IReadOnlyList<FinishedLease> leases, long settledTo, CancellationToken cancellationToken) =>
        Here()._inner.ForgetAsync(leases, settledTo, cancellationToken);

    public override async ValueTask<CacheLevels?> GetLevelsAsync(CancellationToken cancellationToken) =>
        (await Here(RefusesLevels)._inner.GetLevelsAsync(cancellationToken))!.Value with { HighestLease = HighestLease };

    private ScriptedCache Here(bool refuses = false) =>
        Denies ? throw new CodePoolConfigurationException(World.Pool, "denied, as the test told it.")
        : IsAway || refuses ? throw new CodePoolCacheUnavailableException(World.Pool, "away, as the test told it.")
        : this;
}
