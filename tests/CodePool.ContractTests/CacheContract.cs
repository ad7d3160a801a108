using System.Collections.Concurrent;
using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>What every cache does alike.</summary>
public abstract class CacheContract<THarness> : IAsyncLifetime
    where THarness : CacheHarness, new()
{
    private readonly THarness _harness = new();
    private CodeCache _cache = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cache = await _harness.CreateCacheAsync(Token);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _cache.DisposeAsync();
        await _harness.DisposeAsync();
    }

    [Fact]
    public async Task Codes_are_popped_in_the_order_pushed()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        await PushAsync(epoch, 1, first: 1, count: 3);
        await PushAsync(epoch, 2, first: 4, count: 3);

        List<LeasedCode> popped = [];
        for (int i = 0; i < 6; i++)
            popped.AddRange((await PopAsync(1)).Codes);

        Assert.Equal([1, 2, 3, 4, 5, 6], popped.Select(code => code.Number));
        Assert.Equal([1, 1, 1, 2, 2, 2], popped.Select(code => code.Lease));
        Assert.Equal(["C1", "C2", "C3", "C4", "C5", "C6"], popped.Select(code => code.Code));
    }

    [Fact]
    public async Task A_pop_says_its_epoch_and_how_many_are_left()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Confirmed);
        await PushAsync(epoch, 1, first: 1, count: 5);

        PopResult pop = await PopAsync(2);

        Assert.Equal(CacheStatus.Ok, pop.Status);
        Assert.Equal(epoch.Token, pop.Epoch!.Token);
        Assert.Equal(2, pop.Codes.Count);
        Assert.Equal(3, pop.Remaining);
    }

    [Fact]
    public async Task A_pop_never_brings_more_than_asked()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        await PushAsync(epoch, 1, first: 1, count: 5);

        Assert.InRange((await PopAsync(3)).Codes.Count, 1, 3);
    }

    [Fact]
    public async Task An_empty_cache_pops_nothing()
    {
        await OpenAsync(CodeConsistency.Journaled);

        PopResult pop = await PopAsync(10);

        Assert.Equal((CacheStatus.Ok, 0, 0L), (pop.Status, pop.Codes.Count, pop.Remaining));
        Assert.Null(pop.Epoch);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_push_that_is_repeated_changes_nothing(int popped)
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        Lease lease = NewLease(1, first: 1, count: 4);
        await _cache.PushAsync(epoch, lease, Token);
        List<LeasedCode> codes = popped == 0 ? [] : [.. (await PopAsync(popped)).Codes];

        Assert.Equal(CacheStatus.Duplicate, await _cache.PushAsync(epoch, lease, Token));

        codes.AddRange((await PopAsync(100)).Codes);
        Assert.Equal([1, 2, 3, 4], codes.Select(code => code.Number));
    }

    [Fact]
    public async Task A_push_repeated_after_its_lease_was_forgotten_changes_nothing()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        Lease lease = NewLease(1, first: 1, count: 2);
        await _cache.PushAsync(epoch, lease, Token);
        await PopAsync(2);
        await TrimAllAsync();
        await _cache.ForgetAsync(await FinishedAsync(), 1, Token);

        Assert.Equal(CacheStatus.Duplicate, await _cache.PushAsync(epoch, lease, Token));
        Assert.Empty((await PopAsync(10)).Codes);
    }

    [Fact]
    public async Task A_push_of_a_foreign_epoch_is_fenced()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        Epoch foreign = epoch with { Token = Guid.NewGuid() };

        Assert.Equal(CacheStatus.Fenced, await _cache.PushAsync(foreign, NewLease(1, 1, 3), Token));
        Assert.Null(await _cache.FindUnknownAsync(foreign, [1], Token));
        Assert.Empty((await PopAsync(10)).Codes);
    }

    [Fact]
    public async Task A_push_of_an_epoch_that_another_has_followed_is_fenced()
    {
        Epoch first = await OpenAsync(CodeConsistency.Confirmed);
        await OpenAsync(CodeConsistency.Confirmed, number: 2);

        Assert.Equal(CacheStatus.Fenced, await _cache.PushAsync(first, NewLease(1, 1, 3), Token));
    }

    [Fact]
    public async Task A_new_confirmed_epoch_begins_empty()
    {
        Epoch first = await OpenAsync(CodeConsistency.Confirmed);
        await PushAsync(first, 1, first: 1, count: 3);

        await OpenAsync(CodeConsistency.Confirmed, number: 2);

        Assert.Empty((await PopAsync(10)).Codes);
        Assert.Equal(0, (await _cache.GetLevelsAsync(Token))!.Value.Cached);
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task Eight_poppers_get_each_code_once(CodeConsistency consistency)
    {
        const int Leases = 40, Size = 50;
        Epoch epoch = await OpenAsync(consistency);
        var popped = new ConcurrentBag<long>();
        using var allPushed = new CancellationTokenSource();

        Task[] poppers = [.. Enumerable.Range(1, 8).Select(size => Task.Run(async () =>
        {
            while (true)
            {
                bool last = allPushed.IsCancellationRequested;
                PopResult pop = await _cache.PopAsync(size, Token);
                foreach (LeasedCode code in pop.Codes)
                    popped.Add(code.Number);
                if (last && pop.Codes.Count == 0)
                    return;
                await Task.Yield();
            }
        }, Token))];
        for (int lease = 1; lease <= Leases; lease++)
        {
            await PushAsync(epoch, lease, first: (lease - 1) * Size + 1, count: Size);
            await Task.Yield();
        }

        await allPushed.CancelAsync();
        await Task.WhenAll(poppers);
        Assert.Equal(Enumerable.Range(1, Leases * Size).Select(n => (long)n), popped.Order());
    }

    [Fact]
    public async Task The_journal_holds_what_was_popped_until_it_is_trimmed()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        await PushAsync(epoch, 1, first: 1, count: 3);
        await PushAsync(epoch, 2, first: 4, count: 3);
        for (int i = 0; i < 5; i++)
            await PopAsync(1);

        JournalBatch batch = (await _cache.ReadJournalAsync(4, Token))!;
        Assert.Equal([1, 2, 3, 4], batch.Codes.Select(code => code.Number));
        Assert.Equal(epoch.Token, batch.Epoch.Token);
        Assert.Equal(batch.Codes, (await _cache.ReadJournalAsync(4, Token))!.Codes);

        await _cache.TrimJournalAsync(batch, Token);
        Assert.Equal([5], (await _cache.ReadJournalAsync(4, Token))!.Codes.Select(code => code.Number));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    public async Task The_journal_is_read_in_order_and_each_code_once_however_it_was_popped(int maxCount)
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        await PushAsync(epoch, 1, first: 1, count: 45);
        await PushAsync(epoch, 2, first: 46, count: 55);
        long popped = 0;
        foreach (int count in (int[])[1, 20, 2, 1, 40, 5, 1, 30])
            popped += (await PopAsync(count)).Codes.Count;

        List<long> read = [];
        while (await _cache.ReadJournalAsync(maxCount, Token) is { } batch)
        {
            Assert.Equal(batch.Codes.Count, batch.Length);
            read.AddRange(batch.Codes.Select(code => code.Number));
            await _cache.TrimJournalAsync(batch, Token);
            Assert.Equal((100 - popped, popped - read.Count), await LevelsAsync());
        }

        Assert.Equal(Enumerable.Range(1, (int)popped).Select(number => (long)number), read);
    }

    [Fact]
    public async Task A_trim_that_is_repeated_changes_nothing()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        await PushAsync(epoch, 1, first: 1, count: 4);
        await PopAsync(2);
        await PopAsync(2);
        JournalBatch batch = (await _cache.ReadJournalAsync(2, Token))!;

        await _cache.TrimJournalAsync(batch, Token);
        await _cache.TrimJournalAsync(batch, Token);

        Assert.Equal([3, 4], (await _cache.ReadJournalAsync(10, Token))!.Codes.Select(code => code.Number));
    }

    [Fact]
    public async Task An_empty_journal_is_null()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        await PushAsync(epoch, 1, first: 1, count: 4);
        Assert.Null(await _cache.ReadJournalAsync(10, Token));
    }

    [Fact]
    public async Task A_confirmed_epoch_has_no_journal()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Confirmed);
        await PushAsync(epoch, 1, first: 1, count: 4);
        await PopAsync(2);

        Assert.Null(await _cache.ReadJournalAsync(10, Token));
        Assert.Equal((2L, 0L), await LevelsAsync());
    }

    [Fact]
    public async Task A_journaled_lease_is_finished_when_it_is_popped_and_marked()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        await PushAsync(epoch, 1, first: 1, count: 2);
        await PushAsync(epoch, 2, first: 3, count: 2);

        await PopAsync(1);
        await TrimAllAsync();
        Assert.Empty(await FinishedAsync());

        await PopAsync(1);
        Assert.Empty(await FinishedAsync());

        await TrimAllAsync();
        FinishedLease finished = Assert.Single(await FinishedAsync());
        Assert.Equal((epoch.Token, 1L), (finished.Epoch.Token, finished.Lease));
    }

    [Fact]
    public async Task A_confirmed_lease_is_finished_after_a_grace()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Confirmed);
        await PushAsync(epoch, 1, first: 1, count: 2);
        await PushAsync(epoch, 2, first: 3, count: 2);
        await PopAsync(2);

        Assert.Empty(await FinishedAsync());
        await _harness.PassGraceAsync(Token);

        Assert.Equal(1, Assert.Single(await FinishedAsync()).Lease);
    }

    [Fact]
    public async Task A_forgotten_lease_is_not_finished_again()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        await PushAsync(epoch, 1, first: 1, count: 2);
        await PopAsync(2);
        await TrimAllAsync();
        IReadOnlyList<FinishedLease> finished = await FinishedAsync();

        await _cache.ForgetAsync(finished, 1, Token);
        await _cache.ForgetAsync(finished, 1, Token);

        Assert.Empty(await FinishedAsync());
    }

    [Fact]
    public async Task Levels_follow_each_step()
    {
        Epoch epoch = await OpenAsync(CodeConsistency.Journaled);
        Assert.Equal((0L, 0L), await LevelsAsync());

        await PushAsync(epoch, 1, first: 1, count: 5);
        Assert.Equal((5L, 0L), await LevelsAsync());

        await PopAsync(2);
        await PopAsync(1);
        Assert.Equal((2L, 3L), await LevelsAsync());

        await _cache.TrimJournalAsync((await _cache.ReadJournalAsync(2, Token))!, Token);
        Assert.Equal((2L, 1L), await LevelsAsync());
    }

    [Fact]
    public async Task Its_identity_stays()
    {
        string identity = (await _cache.LookAsync(Token)).Identity;

        Assert.NotEmpty(identity);
        Assert.Equal(identity, (await _cache.LookAsync(Token)).Identity);
    }

    private static Lease NewLease(long number, long first, int count) =>
        new(number, first, [.. Enumerable.Range(0, count).Select(i => $"C{first + i}")]);

    private async Task<Epoch> OpenAsync(CodeConsistency consistency, long number = 1)
    {
        string identity = (await _cache.LookAsync(Token)).Identity;
        var epoch = new Epoch(number, Guid.NewGuid(), _cache.Kind, identity, consistency, EpochState.Open, 0);
        Assert.Equal(CacheStatus.Ok, await _cache.OpenAsync(epoch, Token));
        return epoch;
    }

    private async Task PushAsync(Epoch epoch, long lease, long first, int count) =>
        Assert.Equal(CacheStatus.Ok, await _cache.PushAsync(epoch, NewLease(lease, first, count), Token));

    private async Task<(long Cached, long Journaled)> LevelsAsync()
    {
        CacheLevels levels = (await _cache.GetLevelsAsync(Token))!.Value;
        return (levels.Cached, levels.Journaled);
    }

    private async Task<PopResult> PopAsync(int count) => await _cache.PopAsync(count, Token);

    private async Task<IReadOnlyList<FinishedLease>> FinishedAsync() => await _cache.GetFinishedLeasesAsync(Token);

    private async Task TrimAllAsync()
    {
        while (await _cache.ReadJournalAsync(100, Token) is { } batch)
            await _cache.TrimJournalAsync(batch, Token);
    }
}
