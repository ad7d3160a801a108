using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>Codes confirmed beyond what callers wait for: Used before anybody has them, handed out once, and counted when nobody gets them.</summary>
public sealed class ConfirmAheadTests
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 12)]
    [InlineData(3, 3)]
    [InlineData(11, 1)]
    public async Task Takes_share_a_commit_with_those_that_come_after_them(int ahead, int commits)
    {
        await using TestHost host = await StartAsync(ahead);
        int before = host.Faults.CallsOf("Confirm");
        for (int take = 0; take < 12; take++)
        {
            string code = await host.TakeAsync();
            Assert.Equal(CodeState.Used, (await host.Pool.FindAsync(code, Token))!.State);
        }

        Assert.Equal(commits, host.Faults.CallsOf("Confirm") - before);
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task A_quiet_process_confirms_few_ahead_whatever_it_may()
    {
        await using TestHost host = await StartAsync(ahead: 10_000);
        await host.TakeAsync();

        Assert.InRange((await _world.AssertExactAsync()).Used, 2, 20);
    }

    [Fact]
    public async Task What_a_stop_finds_confirmed_ahead_stays_Used_and_is_handed_out_to_nobody()
    {
        HashSet<string> codes = [];
        for (int start = 0; start < 3; start++)
        {
            await using TestHost host = await StartAsync(ahead: 9);
            for (int take = 0; take < 5; take++)
                Assert.True(codes.Add(await host.TakeAsync()));
            Assert.Equal(5, host.Runtime.Queue.Undelivered);
            await host.StopAsync();

            CodePoolAudit audit = await _world.AssertExactAsync();
            Assert.Equal((10 * (start + 1), 0, 0), (audit.Used, audit.Leased, audit.Unconfirmed));
        }
    }

    [Fact]
    public async Task Callers_at_once_get_each_code_once()
    {
        await using TestHost host = await StartAsync(ahead: 7);
        string[][] taken = await Eventually.CompletesAsync(Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var mine = new List<string>();
            for (int take = 0; take < 40; take++)
                mine.Add(take % 4 == 0 ? (await host.Pool.TakeUpToAsync(1, Token))[0] : await host.TakeAsync());
            return mine.ToArray();
        }, Token))));

        Assert.Equal(320, taken.SelectMany(codes => codes).Distinct().Count());
        Assert.Equal(320 + host.Runtime.Queue.Undelivered, (await _world.AssertExactAsync()).Used);
    }

    private async Task<TestHost> StartAsync(int ahead)
    {
        TestHost host = await _world.StartAsync(o => (o.Consistency, o.ConfirmAhead) = (CodeConsistency.Confirmed, ahead));
        await host.FilledAsync();
        return host;
    }
}
