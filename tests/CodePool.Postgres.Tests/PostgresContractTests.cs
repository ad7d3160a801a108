using CodePool.ContractTests;
using CodePool.Postgres.Tests.Support;

namespace CodePool.Postgres.Tests;

public sealed class PostgresOpen : OpenContract<PostgresHarness>;

public sealed class PostgresFill : FillContract<PostgresHarness>;

public sealed class PostgresEpochs : EpochContract<PostgresHarness>;

public sealed class PostgresLeases : LeaseContract<PostgresHarness>;

public sealed class PostgresMarks : MarkContract<PostgresHarness>;

public sealed class PostgresConfirms : ConfirmContract<PostgresHarness>;

public sealed class PostgresSettling : SettleContract<PostgresHarness>;

public sealed class PostgresRecovery : RecoveryContract<PostgresHarness>;

public sealed class PostgresAdopting : AdoptContract<PostgresHarness>;

public sealed class PostgresLevelsAndAudit : LevelsAndAuditContract<PostgresHarness>;

public sealed class PostgresConcurrency : ConcurrencyContract<PostgresHarness>;

public sealed class PostgresModel : ModelContract<PostgresHarness>;

public sealed class ContractCompletenessTests
{
    [Fact]
    public void Every_suite_is_inherited() => ContractCompleteness.AssertAllInherited(typeof(PostgresOpen).Assembly);
}
