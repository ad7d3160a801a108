using CodePool.ContractTests;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;

namespace CodePool.Postgres.Tests;

/// <summary>Processes fill, lease, take and mark at once and are killed at random; then every code is accounted for.</summary>
public sealed class KilledProcessTests
{
    private const int Processes = 4;
    private const int Kills = 5;
    private const int SmallBatch = 500, LargeBatch = 20_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task No_code_is_handed_out_twice_and_the_audit_is_exact(CodeConsistency consistency)
    {
        await using var harness = new PostgresHarness();
        await harness.CreateDatabaseAsync(Token);
        await using CodeStore store = harness.CreateStore("killed");
        await store.OpenAsync(new PoolDefinition("killed", "worker", consistency), Token);
        string folder = Directory.CreateTempSubdirectory("codepool-killed-").FullName;
        var random = new Random(7);
        var running = new List<Worker>();
        try
        {
            running.AddRange(await Task.WhenAll(Enumerable.Range(0, Processes).Select(
                worker => StartAsync(harness, consistency, folder, worker))));
            for (int kill = 0; kill < Kills; kill++)
            {
                Worker victim = running[random.Next(running.Count)];
                if (kill % 2 == 0)
                {
                    await Task.Delay(random.Next(50, 300), Token);
                }
                else
                {
                    // In the middle of a fill over two connections, for certain.
                    victim = running.First(worker => worker.FillsLarge);
                    await victim.FreezeWithTwoHalvesAsync();
                }

                await KillAsync(running, victim);
                running.Add(await StartAsync(harness, consistency, folder, Processes + kill));
            }
        }
        finally
        {
            while (running.Count > 0)
                await KillAsync(running, running[0]);
        }

        // What the dead left open is closed and settled by whoever lives.
        foreach (Epoch epoch in await store.GetEpochsAsync(Token))
        {
            await store.CloseAsync(epoch);
            await store.SettleClosedAsync(epoch);
        }

        StoreLevels levels = await store.AssertExactAsync();
        string[] handedOut = [.. Directory.GetFiles(folder).SelectMany(File.ReadAllLines).Where(line => line.Length == 12)];
        Directory.Delete(folder, recursive: true);
        Assert.Equal(handedOut.Length, handedOut.Distinct().Count());
        Assert.True(handedOut.Length > 100, $"only {handedOut.Length} codes were handed out");
        Assert.Equal(0, levels.Leased);

        // No code that left a process may ever be given again.
        foreach (string code in handedOut.TakeLast(300))
        {
            CodeState? state = await store.StateAsync(code);
            Assert.True(
                state == CodeState.Used || (state == CodeState.Unconfirmed && consistency == CodeConsistency.Journaled), $"{state}");
        }
    }

    /// <summary>Every other one fills in batches of two halves.</summary>
    private static Task<Worker> StartAsync(PostgresHarness harness, CodeConsistency consistency, string folder, int number) =>
        Worker.StartAsync(harness, consistency, Path.Combine(folder, $"{number}"), number % 2 == 0 ? SmallBatch : LargeBatch);

    private static async Task KillAsync(List<Worker> running, Worker worker)
    {
        running.Remove(worker);
        await worker.KillAsync();
        worker.Dispose();
    }
}
