using System.Globalization;
using CodePool.Providers;
using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <content>What has been taken: the journal, and the leases of which nothing is left.</content>
internal sealed partial class RedisCodeCache
{
    /// <summary>How long a drainer keeps others from doing its work again.</summary>
    private const int ClaimMilliseconds = 2_000;

    /// <summary>How long claims may be under way in a Confirmed epoch. Too short costs a claim that finds its lease settled, no more.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly RedisValue _drainer = Guid.NewGuid().ToString("N");
    private readonly Dictionary<(Guid Token, long Lease), long> _poppedSince = [];

    private sealed record Extent(int Codes, long Trimmed, RedisValue First, RedisValue Last)
    {
        /// <summary>First and last hold codes.</summary>
        public override string ToString() => $"{Codes} codes after {Trimmed}";
    }

    public override async ValueTask<JournalBatch?> ReadJournalAsync(int maxCount, CancellationToken cancellationToken)
    {
        if (_joined is not { IsJournaled: true } joined)
            return null;
        RedisResult? read = await RunAsync(
            _scripts.ReadJournal, joined, cancellationToken, maxCount, _drainer, ClaimMilliseconds).ConfigureAwait(false);
        if (read is null || read.IsNull)
            return null;
        int codes = (int)read[0];
        return new JournalBatch(joined.Epoch, Entry.ReadAll((byte[])read[5]!, codes))
        {
            Length = codes,
            Entries = (int)read[1],
            Extent = new Extent(codes, (long)read[2], (RedisValue)read[3], (RedisValue)read[4]),
        };
    }

    public override async ValueTask TrimJournalAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Extent is Extent read)
        {
            await RunAsync(
                _scripts.Trim, new JoinedEpoch(batch.Epoch, Names), cancellationToken,
                batch.Entries, read.Trimmed, read.First, read.Last, read.Codes).ConfigureAwait(false);
        }
    }

    public override async ValueTask<JournalBatch?> ReadFrozenAsync(Epoch epoch, long skip, int maxCount, CancellationToken cancellationToken)
    {
        try
        {
            RedisResult read = await redis
                .RunAsync(_scripts.ReadFrozen, FrozenKeys(epoch), [epoch.Token.ToString("N"), skip, maxCount])
                .AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            return read.IsNull
                ? null
                : new JournalBatch(epoch, Entry.ReadAll((byte[])read[2]!, (int)read[0])) { Length = (int)read[0], Entries = (int)read[1] };
        }
        catch (RedisFencedException)
        {
            // It holds something else: there is nothing to be marked, and it must not be in the way of others.
            return null;
        }
    }

    public override async ValueTask DropFrozenAsync(Epoch epoch, long entries, CancellationToken cancellationToken) => await redis
        .RunAsync(_scripts.DropFrozen, [.. FrozenKeys(epoch), Names.List(epoch.Token), Names.Loose(epoch.Token)], [epoch.Token.ToString("N"), entries])
        .AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);

    public override async ValueTask<IReadOnlyList<FinishedLease>> GetFinishedLeasesAsync(CancellationToken cancellationToken)
    {
        if (_joined is not { } joined || await ReadMetaAsync(joined, cancellationToken).ConfigureAwait(false) is not { } meta)
            return [];

        // Forgotten by others, or of an epoch that has been replaced: nobody else would take them out.
        var known = meta.Leases.Select(lease => (joined.Epoch.Token, lease.Lease)).ToHashSet();
        foreach ((Guid, long) gone in _poppedSince.Keys.Where(key => !known.Contains(key)).ToList())
            _poppedSince.Remove(gone);

        // Entries leave in the order in which they came: as many as had been pushed up to a lease's end.
        long left = joined.IsJournaled ? meta.Trimmed : meta.Popped;
        return
        [
            .. from lease in meta.Leases
               where lease.Rank <= left && (joined.IsJournaled || HasPassedGrace(joined.Epoch.Token, lease.Lease))
               orderby lease.Lease
               select new FinishedLease(joined.Epoch, lease.Lease),
        ];
    }

    public override async ValueTask ForgetAsync(IReadOnlyList<FinishedLease> leases, long settledTo, CancellationToken cancellationToken)
    {
        if (leases.Count == 0)
            return;
        foreach (FinishedLease lease in leases)
            _poppedSince.Remove((lease.Epoch.Token, lease.Lease));
        await RunAsync(_scripts.Forget, new JoinedEpoch(leases[0].Epoch, Names), cancellationToken, settledTo).ConfigureAwait(false);
    }

    /// <summary>Leases whose grace is running; for tests.</summary>
    internal int InGrace => _poppedSince.Count;

    private bool HasPassedGrace(Guid token, long lease)
    {
        if (_poppedSince.TryGetValue((token, lease), out long since))
            return time.GetElapsedTime(since) >= Grace;
        _poppedSince[(token, lease)] = time.GetTimestamp();
        return false;
    }

    private RedisKey[] FrozenKeys(Epoch closed) => [Names.Meta, Names.Journal(closed.Token)];
}
