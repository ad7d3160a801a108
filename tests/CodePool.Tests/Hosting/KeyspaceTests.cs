using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>A pool that runs out for good.</summary>
public sealed class KeyspaceTests
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task All_of_1000_codes_are_handed_out_once_each_then_none_and_the_loops_go_idle(CodeConsistency consistency)
    {
        await using TestHost host = await _world.StartAsync(o =>
        {
            Thousand(o);
            o.Consistency = consistency;
        });

        List<string> codes = [];
        while (await Eventually.CompletesAsync(host.Pool.TryTakeAsync(Token).AsTask(), _world.Time) is { } code)
            codes.Add(code);

        Assert.Equal(Enumerable.Range(0, 1000).Select(n => $"{n:D3}"), codes.Order());
        Assert.Null(await Eventually.CompletesAsync(host.Pool.TryTakeAsync(Token).AsTask(), _world.Time));
        Assert.Empty(await host.TakeUpToAsync(5));
        await Assert.ThrowsAsync<CodePoolKeyspaceExhaustedException>(host.TakeAsync);
        Assert.True(host.Logged(21));

        await SettleDownAsync(host);
        int calls = host.Faults.Calls;
        for (int i = 0; i < 200; i++)
            await Task.Yield();
        Assert.Equal(calls, host.Faults.Calls);

        // A tick looks, and no more: nothing is drawn again.
        int fills = host.Faults.CallsOf("Fill");
        _world.Time.Advance(host.Runtime.Options.MonitorInterval);
        await SettleDownAsync(host);
        Assert.Equal(fills, host.Faults.CallsOf("Fill"));

        await host.StopAsync();
        Assert.Equal(1000, (await _world.AssertExactAsync()).Used);
    }

    [Fact]
    public async Task A_fill_beyond_the_keyspace_ends_with_a_typed_error()
    {
        await using TestHost host = await _world.StartAsync(Thousand);
        await Assert.ThrowsAsync<CodePoolKeyspaceExhaustedException>(
            async () => await host.Operations.FillAsync(2_000, cancellationToken: Token));
        Assert.Equal(1000, (await _world.LevelsAsync()).Generated);
    }

    private static void Thousand(CodePoolOptions options)
    {
        options.Alphabet = "Digits";
        options.CodeLength = 3;
        options.AllowGuessableCodes = true;
    }

    /// <summary>Until the store has not been called for a while.</summary>
    private static async Task SettleDownAsync(TestHost host)
    {
        for (int calls = -1, still = 0; still < 20; still = calls == host.Faults.Calls ? still + 1 : 0)
        {
            calls = host.Faults.Calls;
            await Task.Delay(1, Token);
        }
    }
}
