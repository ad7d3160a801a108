using CodePool.Sqlite.Internal;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Tests;

public sealed class DurabilityTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_a_failed_set_up_left_behind_is_set_up_again()
    {
        const string Forced = "PRAGMA synchronous = FULL";
        using var connection = new SqliteConnection($"Data Source={_directory.File("codes.db")};Pooling=False");
        connection.Open();
        using var session = new SqliteSession(connection, TimeSpan.Zero);
        await session.SetUpAsync(Forced, TestContext.Current.CancellationToken);

        // The first pragma took effect, the rest did not: what ran before is in force no longer.
        await Assert.ThrowsAsync<SqliteException>(async () => await session.SetUpAsync(
            "PRAGMA synchronous = NORMAL; SELECT * FROM missing", TestContext.Current.CancellationToken));
        await session.SetUpAsync(Forced, TestContext.Current.CancellationToken);

        Assert.Equal(2L, connection.Ask("PRAGMA synchronous"));
    }
}
