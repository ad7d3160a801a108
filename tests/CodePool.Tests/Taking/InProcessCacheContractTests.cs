using CodePool.ContractTests;
using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Tests.Taking;

public sealed class InProcessHarness : CacheHarness
{
    public override ValueTask<CodeCache> CreateCacheAsync(CancellationToken cancellationToken) => new(new InProcessCache(lowWater: 10, Environment.ProcessorCount));
}

public sealed class InProcessCacheContractTests : CacheContract<InProcessHarness>;
