using CodePool.ContractTests;
using CodePool.ContractTests.Model;
using CodePool.Providers;

namespace CodePool.Tests.InMemory;

/// <summary>The control of the model: with one protection taken away, it must find the fault.</summary>
public sealed class ModelControlTests
{
    [Theory]
    [InlineData(typeof(ConfirmsWhatWasUsed), CodeConsistency.Confirmed)]
    [InlineData(typeof(ReturnsWhatWasShown), CodeConsistency.Journaled)]
    [InlineData(typeof(ForgetsTheOperation), CodeConsistency.Journaled)]
    [InlineData(typeof(SwallowsEvidence), CodeConsistency.Journaled)]
    [InlineData(typeof(SettlesOpenEpochs), CodeConsistency.Journaled)]
    public async Task A_missing_protection_is_found(Type fault, CodeConsistency consistency)
    {
        string? found = await ModelSearch.FindFaultAsync(() => new FaultyHarness(fault), consistency, firstSeed: 1, seeds: 20, length: 80);
        Assert.NotNull(found);
        Assert.StartsWith("seed ", found, StringComparison.Ordinal);
    }

    private sealed class FaultyHarness(Type fault) : StoreHarness
    {
        private readonly InMemoryHarness _sound = new();

        public override CodeStore CreateStore(string poolName) =>
            (CodeStore)Activator.CreateInstance(fault, _sound.CreateStore(poolName))!;

        public override ValueTask<object> TakeSnapshotAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask RestoreAsync(object snapshot, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask DamageAsync(string poolName, StoreDamage damage, long number, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class ConfirmsWhatWasUsed(CodeStore inner) : DelegatingCodeStore(inner)
    {
        public override async ValueTask<IReadOnlyList<int>> ConfirmAsync(
            Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken)
        {
            await base.ConfirmAsync(epoch, operation, codes, cancellationToken);
            return [.. Enumerable.Range(0, codes.Count)];
        }
    }

    private sealed class ReturnsWhatWasShown(CodeStore inner) : DelegatingCodeStore(inner)
    {
        public override ValueTask<SettleResult> SettleAsync(
            Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken) =>
            base.SettleAsync(epoch, [.. leases.Select(lease => lease with { UnseenFrom = 0 })], cancellationToken);
    }

    private sealed class ForgetsTheOperation(CodeStore inner) : DelegatingCodeStore(inner)
    {
        public override ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
            base.LeaseAsync(request with { Operation = Guid.NewGuid() }, cancellationToken);
    }

    private sealed class SwallowsEvidence(CodeStore inner) : DelegatingCodeStore(inner)
    {
        public override async ValueTask<MarkResult> MarkAsync(
            Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken)
        {
            try
            {
                return await base.MarkAsync(epoch, codes, cancellationToken);
            }
            catch (StoreRewoundException)
            {
                return new MarkResult(0, 0, codes);
            }
        }
    }

    private sealed class SettlesOpenEpochs(CodeStore inner) : DelegatingCodeStore(inner)
    {
        public override async ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken)
        {
            await CloseEpochAsync(epoch, EpochCloseReason.Stale, cancellationToken);
            return await base.SettleClosedAsync(epoch, cancellationToken);
        }
    }
}
