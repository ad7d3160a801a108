using CodePool.Internal.Hosting;
using CodePool.Internal.Taking;
using CodePool.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Tests.Taking;

/// <summary>Each code reaches one caller or waits for one, and no caller waits for ever; and the same check on queues that lack a protection.</summary>
public sealed class TakeQueueStressTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_code_is_lost_or_given_twice_and_nobody_hangs(int leaders)
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            var source = new MoodySource(seed);
            TakeQueue queue = NewQueue(source, leaders);
            await AssertSoundAsync(queue, source, seed);
            Assert.Equal(queue.Undelivered > 0, queue.HasPrecedence);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Stopped_on_the_way_the_books_still_balance(int leaders)
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            var source = new MoodySource(seed);
            TakeQueue queue = NewQueue(source, leaders);
            var stress = new TakeStress(seed, (count, token) => TakeAsync(queue, count, token), source);
            Task<bool> running = stress.RunAsync(Limit, Token);
            await Eventually.HoldsAsync(() => stress.Ended > 100 * seed);

            await Eventually.CompletesAsync(queue.CloseAsync(Stopped()));
            long given = source.Taken;

            Assert.True(await running);
            Assert.False(stress.TakenTwice);
            Assert.Equal(source.Taken, stress.Taken + queue.Undelivered);
            Assert.Equal(given, source.Taken);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task With_proofs_that_come_and_go_the_books_still_balance(int leaders)
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            var time = new FakeTimeProvider();
            var proof = new LastProof("test", TimeSpan.FromSeconds(1), time);
            var source = new MoodySource(seed);
            var queue = new TakeQueue(new DoubtfulSource(source, proof, time), source.ReplenishAsync, time, leaders, proof);
            proof.OnProved = queue.Release;
            await AssertSoundAsync(queue, source, seed);
        }
    }

    [Theory]
    [InlineData(nameof(WeakQueue.Weakness.None), null)]
    [InlineData(nameof(WeakQueue.Weakness.OffersToWhoHasGone), "lost")]
    [InlineData(nameof(WeakQueue.Weakness.OffersAgain), "twice")]
    [InlineData(nameof(WeakQueue.Weakness.EndsWithoutLooking), "hangs")]
    public async Task The_same_check_finds_the_fault_of_a_queue_without_the_protection(string weakness, string? fault)
    {
        string? found = null;
        for (int seed = 1; seed <= 100 && found is null; seed++)
        {
            var source = new MoodySource(seed);
            var queue = new WeakQueue(source, source.ReplenishAsync, Enum.Parse<WeakQueue.Weakness>(weakness));
            found = await new TakeStress(seed, queue.TakeAsync, source).FindFaultAsync(
                fault == "hangs" ? TimeSpan.FromSeconds(2) : Limit,
                async () =>
                {
                    await Eventually.HoldsAsync(() => queue.IsIdle);
                    return queue.Undelivered;
                },
                Token);
        }

        Assert.Equal(fault, found);
    }

    private static async Task AssertSoundAsync(TakeQueue queue, MoodySource source, int seed)
    {
        var stress = new TakeStress(seed, (count, token) => TakeAsync(queue, count, token), source);
        Assert.Null(await stress.FindFaultAsync(
            Limit,
            async () =>
            {
                await Eventually.CompletesAsync(queue.CloseAsync(Stopped()));
                return queue.Undelivered;
            },
            Token));
    }

    private static TakeQueue NewQueue(MoodySource source, int leaders) => new(source, source.ReplenishAsync, TimeProvider.System, leaders);

    private static CodePoolStoppedException Stopped() => new("test", "has been stopped.");

    private static async ValueTask<IReadOnlyList<string>> TakeAsync(TakeQueue queue, int count, CancellationToken token) => count > 1
        ? await queue.TakeAsync(count, token)
        : await queue.TakeAsync(token) is { } code ? [code] : [];

    /// <summary>Now and then it takes so long that what was proved before, or is proved by its answer, is too old.</summary>
    private sealed class DoubtfulSource(MoodySource inner, LastProof proof, FakeTimeProvider time) : CodeSource
    {
        public override long Taken => inner.Taken;

        public override async ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
        {
            long begun = proof.Begin();
            IReadOnlyList<string> codes = await inner.TakeAsync(maxCount);
            if (inner.Next(6) == 0)
                time.Advance(TimeSpan.FromSeconds(1));
            if (codes.Count > 0)
                proof.Prove(begun);
            return codes;
        }
    }
}
