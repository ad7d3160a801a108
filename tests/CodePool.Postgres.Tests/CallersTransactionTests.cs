using System.Transactions;
using CodePool.ContractTests;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>Npgsql enlists in a TransactionScope of whoever calls. The pool's transactions are its own: durable at once, and nobody else's.</summary>
public sealed class CallersTransactionTests : StoreSuite<PostgresHarness>
{
    [Fact]
    public async Task A_confirm_leaves_the_callers_transaction_alone()
    {
        (CodeStore store, Epoch epoch, Lease lease) = await LeaseConfirmedAsync();
        await Harness.ExecuteAsync($"CREATE TABLE {Harness.Options.Schema}.orders (id integer)");

        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            // Through the same data source, as in a host that registered one.
            await using (NpgsqlConnection connection = await Harness.DataSource.OpenConnectionAsync(Token))
                await connection.ExecuteAsync($"INSERT INTO {Harness.Options.Schema}.orders VALUES (1)");
            Assert.Equal([0], await store.ConfirmAsync(epoch, lease.Take(1)));
        }

        Assert.Equal(0, await Harness.QueryAsync<long>($"SELECT count(*) FROM {Harness.Options.Schema}.orders"));
        Assert.Equal(CodeState.Used, (await store.FindAsync(lease.Codes[0], Token))?.State);
    }

    [Fact]
    public async Task A_step_of_several_round_trips_works_inside_the_callers_transaction()
    {
        (CodeStore store, Epoch epoch, _) = await LeaseConfirmedAsync();
        Lease second;
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            second = await store.LeaseAsync(epoch, 1);

        // The scope was not completed; the lease stands all the same.
        Assert.Contains(await store.GetOpenLeasesAsync(epoch, Token), lease => lease.Number == second.Number);
    }

    [Fact]
    public async Task A_transaction_that_has_ended_troubles_nobody()
    {
        // A queue's leader serves the callers that come after the one whose context it began in.
        (CodeStore store, Epoch epoch, Lease lease) = await LeaseConfirmedAsync();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            Transaction.Current!.Rollback();
            Assert.Equal([0], await store.ConfirmAsync(epoch, lease.Take(1)));
        }
    }

    private async Task<(CodeStore Store, Epoch Epoch, Lease Lease)> LeaseConfirmedAsync()
    {
        CodeStore store = await OpenConfirmedAsync();
        await store.FillAsync(5);
        Epoch epoch = await store.OpenProcessAsync();
        return (store, epoch, await store.LeaseAsync(epoch, 2));
    }
}
