using CodePool.ContractTests;

namespace CodePool.Sqlite.Tests;

public sealed class SqliteOpen : OpenContract<SqliteHarness>;

public sealed class SqliteFill : FillContract<SqliteHarness>;

public sealed class SqliteEpochs : EpochContract<SqliteHarness>;

public sealed class SqliteLeases : LeaseContract<SqliteHarness>;

public sealed class SqliteMarks : MarkContract<SqliteHarness>;

public sealed class SqliteConfirms : ConfirmContract<SqliteHarness>;

public sealed class SqliteSettling : SettleContract<SqliteHarness>;

public sealed class SqliteRecovery : RecoveryContract<SqliteHarness>;

public sealed class SqliteAdopting : AdoptContract<SqliteHarness>;

public sealed class SqliteLevelsAndAudit : LevelsAndAuditContract<SqliteHarness>;

public sealed class SqliteConcurrency : ConcurrencyContract<SqliteHarness>;

public sealed class SqliteModel : ModelContract<SqliteHarness>;

public sealed class SqliteCompleteness
{
    [Fact]
    public void No_suite_is_left_out() => ContractCompleteness.AssertAllInherited(typeof(SqliteHarness).Assembly);
}
