using System.Globalization;
using CodePool.TestServers;

namespace CodePool.Faults.Checking;

/// <summary>What Redis holds of the pool at a quiet moment.</summary>
/// <param name="Token">The token of the epoch that is open there; null for none.</param>
/// <param name="Listed">The numbers of the codes that are ready.</param>
/// <param name="Journaled">Entries in the journals that meta knows, of closed epochs too.</param>
internal sealed record RedisContents(string? Token, IReadOnlySet<long> Listed, long Journaled)
{
    public static async Task<RedisContents> ReadAsync(RedisInstance? redis)
    {
        if (redis is null)
            return new RedisContents(null, new HashSet<long>(), 0);
        IEnumerable<string> keys = (await redis.ExecuteAsync("KEYS", "codepool:*")).Items.Select(key => key.Text!);
        string? meta = keys.FirstOrDefault(key => key.EndsWith(":meta", StringComparison.Ordinal));
        string? token = meta is null ? null : (await redis.ExecuteAsync("HGET", meta, "token")).Text;
        IEnumerable<string> known = meta is null ? [] : (await redis.ExecuteAsync("HKEYS", meta)).Items.Select(field => field.Text!)
            .Where(field => field.StartsWith("f:", StringComparison.Ordinal)).Select(field => field[2..]);
        long journaled = 0;
        foreach (string journal in token is null ? known : known.Append(token))
            journaled += (await redis.ExecuteAsync("LLEN", meta![..^"meta".Length] + $"journal:{journal}")).Number;
        var listed = new HashSet<long>();
        if (token is not null)
        {
            RespValue list = await redis.ExecuteAsync("LRANGE", meta![..^"meta".Length] + $"list:{token}", "0", "-1");
            listed.UnionWith(list.Items.Select(entry => long.Parse(entry.Text!.Split(' ')[1], CultureInfo.InvariantCulture)));
        }

        return new RedisContents(token, listed, journaled);
    }
}
