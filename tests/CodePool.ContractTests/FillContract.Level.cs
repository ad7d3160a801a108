using CodePool.Providers;

namespace CodePool.ContractTests;

/// <content>How much is drawn, and what a draw that fails leaves.</content>
public abstract partial class FillContract<THarness>
{
    [Fact]
    public async Task Nothing_is_drawn_at_the_target()
    {
        await Store.FillAsync(10);
        var request = new FillRequest(10, 5, _ => throw new InvalidOperationException("drawn"));
        Assert.Equal(new FillResult(0, 0, 10, 10), await Store.FillAsync(request, Token));
        Assert.Equal(new FillResult(0, 0, 10, 10), await Store.FillAsync(request with { Target = 3 }, Token));
    }

    [Fact]
    public async Task What_is_missing_is_drawn_but_no_more_than_a_batch()
    {
        var asked = new List<int>();
        IReadOnlyList<string> Draw(int count)
        {
            asked.Add(count);
            return TestCodes.Range(1 + asked[..^1].Sum(), count);
        }

        foreach (long available in new[] { 8L, 16, 20, 20 })
            Assert.Equal(available, (await Store.FillAsync(new FillRequest(20, 8, Draw), Token)).Available);
        Assert.Equal([8, 8, 4], asked);
    }

    [Fact]
    public async Task Returned_codes_count_as_available_and_leased_ones_do_not()
    {
        await Store.FillAsync(10);
        Epoch epoch = await Store.OpenProcessAsync();
        Lease lease = await Store.LeaseAsync(epoch, 6);
        await Store.SettleAsync(epoch, lease, unseenFrom: 3);
        await Store.LeaseAsync(epoch, 1);

        int asked = 0;
        FillResult result = await Store.FillAsync(new FillRequest(10, 100, count => TestCodes.Range(11, asked = count)), Token);
        Assert.Equal(3, asked);
        Assert.Equal(new FillResult(3, 3, 10, 13), result);
    }

    [Fact]
    public async Task A_fill_cancelled_while_it_draws_leaves_nothing()
    {
        using var source = new CancellationTokenSource();
        var request = new FillRequest(3, 3, _ =>
        {
            source.Cancel();
            return ["A", "B", "C"];
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.FillAsync(request, source.Token));
        await Store.AssertLevelsAsync();

        await Store.FillAsync("B", "C");
        await AssertStoredAsync("B", "C");
    }

    [Fact]
    public async Task A_draw_that_throws_leaves_nothing_and_blocks_nobody()
    {
        var request = new FillRequest(3, 3, _ => throw new InvalidOperationException("drawn"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Store.FillAsync(request, Token));
        CodeStore other = await OpenStoreAsync();
        await other.FillAsync("A");
        await Store.AssertLevelsAsync(available: 1);
    }
}
