using CodePool.ContractTests;
using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Redis.Tests.Hosts;

/// <summary>The world's database, when it is not down.</summary>
internal sealed class UnreachableStore(World world) : DelegatingCodeStore(new InMemoryCodeStore(world.Database, RedisHost.PoolName, world.Time))
{
    public override ValueTask<PoolRecord> OpenAsync(PoolDefinition pool, CancellationToken cancellationToken) =>
        Reach(() => base.OpenAsync(pool, cancellationToken));

    public override ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken) =>
        Reach(() => base.FillAsync(request, cancellationToken));

    public override ValueTask<Epoch?> OpenEpochAsync(EpochRequest request, CancellationToken cancellationToken) =>
        Reach(() => base.OpenEpochAsync(request, cancellationToken));

    public override ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken) =>
        Reach(() => base.GetEpochsAsync(cancellationToken));

    public override ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Reach(() => base.BeatAsync(epoch, cancellationToken));

    public override ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        Reach(() => base.LeaseAsync(request, cancellationToken));

    public override ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        Reach(() => base.MarkAsync(epoch, codes, cancellationToken));

    public override ValueTask<StoreLevels> GetLevelsAsync(CancellationToken cancellationToken) =>
        Reach(() => base.GetLevelsAsync(cancellationToken));

    private T Reach<T>(Func<T> step) =>
        world.DatabaseIsDown ? throw new CodePoolStoreUnavailableException(RedisHost.PoolName, "a test has put it down.") : step();
}
