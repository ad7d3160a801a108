using CodePool.Faults.Running;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Faults.Checking;

/// <summary>What the store says of the codes that were handed out, and of those that were not. Read with plain SQL, apart from the code under test.</summary>
internal sealed class StoreContents
{
    private const string Codes = """
        SELECT c.code, c.id, c.status,
          EXISTS (SELECT FROM codepool_leases l WHERE l.state = 0 AND c.id BETWEEN l.first AND l.last),
          EXISTS (SELECT FROM codepool_leases l WHERE l.state = 1 AND c.id BETWEEN l.first AND l.last)
        FROM codepool_codes c
        WHERE c.id <= (SELECT leased_to FROM codepool_pools)
        """;

    private readonly HashSet<long> _leased = [];

    /// <summary>Handed out, and Used.</summary>
    public long Used { get; private set; }

    /// <summary>Handed out, and Unconfirmed: the journal was lost before the mark.</summary>
    public long Unconfirmed { get; private set; }

    /// <summary>Handed out, and neither: available, leased, or not known.</summary>
    public long Unknown { get; private set; }

    /// <summary>Used, and handed out to nobody.</summary>
    public long Undelivered { get; private set; }

    /// <summary>Leased, and in no cache: nobody will ever take or settle it.</summary>
    public long Leaked { get; private set; }

    /// <summary>Codes that ever became Unconfirmed, as the store counted them.</summary>
    public long Burned { get; private set; }

    /// <summary>Those that became so while their epoch was open: lost, and nobody noticed that anything was.</summary>
    public long BurnedUnnoticed { get; private set; }

    /// <summary>How many of them were marked late.</summary>
    public long MarkedLate { get; private set; }

    public required CodePoolAudit Audit { get; init; }

    public static async Task<StoreContents> ReadAsync(StoreDatabase store, HandOuts handOuts, RedisContents redis)
    {
        var contents = new StoreContents { Audit = await store.Operations.AuditAsync() };
        await contents.ReadCodesAsync(store, handOuts);
        contents.Leaked = contents._leased.Count(number => !redis.Listed.Contains(number));
        contents.Burned = await store.ReadAsync<long>("SELECT coalesce(sum(codes), 0)::bigint FROM codepool_burned");
        contents.BurnedUnnoticed = await store.ReadAsync<long>(
            "SELECT coalesce(sum(codes), 0)::bigint FROM codepool_burned WHERE reason = $1", new NpgsqlParameter { Value = (short)EpochCloseReason.Stopped });
        contents.MarkedLate = await store.ReadAsync<long>("SELECT coalesce(sum(codes), 0)::bigint FROM late_marks");
        return contents;
    }

    private async Task ReadCodesAsync(StoreDatabase store, HandOuts handOuts)
    {
        long known = 0;
        await using NpgsqlCommand command = store.Connections.CreateCommand(Codes);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            bool handedOut = handOuts.Codes.Contains(reader.GetString(0));
            known += handedOut ? 1 : 0;
            Add(handedOut, reader.GetInt64(1), isUsed: reader.GetInt16(2) == 1, isLeased: reader.GetBoolean(3), isSettled: reader.GetBoolean(4));
        }

        // Not generated, or not leased yet.
        Unknown += handOuts.Codes.Count - known;
    }

    private void Add(bool handedOut, long number, bool isUsed, bool isLeased, bool isSettled)
    {
        if (isUsed && handedOut)
            Used++;
        else if (isUsed)
            Undelivered++;
        else if (handedOut && isSettled)
            Unconfirmed++;
        else if (handedOut)
            Unknown++;
        if (isLeased && !isUsed)
            _leased.Add(number);
    }
}
