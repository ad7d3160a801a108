using CodePool.ContractTests;

namespace CodePool.Tests.InMemory;

public sealed class InMemoryOpen : OpenContract<InMemoryHarness>;

public sealed class InMemoryFill : FillContract<InMemoryHarness>;

public sealed class InMemoryEpochs : EpochContract<InMemoryHarness>;

public sealed class InMemoryLeases : LeaseContract<InMemoryHarness>;

public sealed class InMemoryMarks : MarkContract<InMemoryHarness>;

public sealed class InMemoryConfirms : ConfirmContract<InMemoryHarness>;

public sealed class InMemorySettling : SettleContract<InMemoryHarness>;

public sealed class InMemoryRecovery : RecoveryContract<InMemoryHarness>;

public sealed class InMemoryAdopting : AdoptContract<InMemoryHarness>;

public sealed class InMemoryLevelsAndAudit : LevelsAndAuditContract<InMemoryHarness>;

public sealed class InMemoryConcurrency : ConcurrencyContract<InMemoryHarness>;

public sealed class InMemoryModel : ModelContract<InMemoryHarness>
{
    protected override int Sequences => 150;
}
