using CodePool.ContractTests;

namespace CodePool.Tests.InMemory;

public sealed class InMemoryFill : FillContract<InMemoryHarness>;

public sealed class InMemoryEpochs : EpochContract<InMemoryHarness>;

public sealed class InMemoryLeases : LeaseContract<InMemoryHarness>;
