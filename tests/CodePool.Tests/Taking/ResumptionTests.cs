using CodePool.Internal.Taking;
using CodePool.Tests.Support;

namespace CodePool.Tests.Taking;

/// <summary>Callers who were served together go on each for itself.</summary>
public sealed class ResumptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    [InlineData(1_000)]
    public async Task Each_caller_is_resumed_once_with_its_own_code(int callers)
    {
        OneCodeRequest[] served = Served(callers);
        Task<string?>[] takes = [.. served.Select(request => request.Code.AsTask())];

        new Resumption(served).Queue();

        string?[] codes = await Eventually.CompletesAsync(Task.WhenAll(takes));
        Assert.Equal(Enumerable.Range(0, callers).Select(i => $"{i}"), codes);
    }

    [Fact]
    public async Task Who_blocks_its_thread_holds_up_nobody_else()
    {
        using var gate = new ManualResetEventSlim();
        OneCodeRequest[] served = Served(200);
        int resumed = 0;

        // As many block as a row has threads at first, and more.
        int blocking = Environment.ProcessorCount + 2;
        Task[] takes = [.. served.Select((request, i) => TakeAsync(request, () =>
        {
            if (i < blocking)
                gate.Wait(Token);
            else
                Interlocked.Increment(ref resumed);
        }))];

        new Resumption(served).Queue();
        await Eventually.HoldsAsync(() => Volatile.Read(ref resumed) == served.Length - blocking);
        gate.Set();
        await Eventually.CompletesAsync(Task.WhenAll(takes));
    }

    [Fact]
    public async Task The_same_callers_hold_up_the_others_when_one_thread_resumes_them_all()
    {
        using var gate = new ManualResetEventSlim();
        OneCodeRequest[] served = Served(3);
        using var blocked = new ManualResetEventSlim();
        Task[] takes = [.. served.Select((request, i) => TakeAsync(request, () =>
        {
            if (i > 0)
                return;
            blocked.Set();
            gate.Wait(Token);
        }))];

        // What a row without its successor would be.
        Task row = Task.Run(() => Array.ForEach(served, request => request.Execute()), Token);
        await Eventually.HoldsAsync(() => blocked.IsSet);

        Assert.DoesNotContain(takes, take => take.IsCompleted);
        gate.Set();
        await Eventually.CompletesAsync(Task.WhenAll([row, .. takes]));
    }

    [Fact]
    public async Task What_a_caller_leaves_on_the_thread_is_not_the_next_ones()
    {
        var ambient = new AsyncLocal<string?>();
        OneCodeRequest[] served = Served(200);
        string?[] seen = new string?[served.Length];
        bool[] synchronized = new bool[served.Length];
        using var all = new CountdownEvent(served.Length);
        for (int i = 0; i < served.Length; i++)
        {
            // Bare continuations: no async method tidies up after them.
            int index = i;
            served[i].OnCompleted(
                _ =>
                {
                    seen[index] = ambient.Value;
                    synchronized[index] = SynchronizationContext.Current is not null;
                    ambient.Value = "left";
                    SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
                    all.Signal();
                },
                null, 0, System.Threading.Tasks.Sources.ValueTaskSourceOnCompletedFlags.None);
        }

        new Resumption(served).Queue();
        await Eventually.HoldsAsync(() => all.IsSet);

        Assert.All(seen, Assert.Null);
        Assert.DoesNotContain(true, synchronized);
    }

    private static OneCodeRequest[] Served(int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var request = new OneCodeRequest(0);
        Assert.Equal(1, request.Offer([$"{i}"], era: 0, out _));
        return request;
    })];

    private static async Task TakeAsync(OneCodeRequest request, Action then)
    {
        await request.Code.ConfigureAwait(false);
        then();
    }
}
