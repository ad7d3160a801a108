using System.Globalization;
using CodePool.TestServers;

namespace CodePool.Faults.Checking;

/// <summary>What Redis holds of the pool at a quiet moment.</summary>
/// <param name="Token">The token of the epoch that is open there; null for none.</param>
/// <param name="Listed">The numbers of the codes that are ready.</param>
/// <param name="Journaled">Codes in the journals that meta knows, of closed epochs too.</param>
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
            journaled += (await NumbersAsync(redis, meta!, $"journal:{journal}")).Count;
        var listed = new HashSet<long>();
        foreach (string list in token is null ? [] : (string[])["loose", "list"])
            listed.UnionWith(await NumbersAsync(redis, meta!, $"{list}:{token}"));
        return new RedisContents(token, listed, journaled);
    }

    /// <summary>The numbers of the codes in a list, whose entries are <c>count lease number codes</c>.</summary>
    private static async Task<List<long>> NumbersAsync(RedisInstance redis, string meta, string list)
    {
        var numbers = new List<long>();
        foreach (RespValue entry in (await redis.ExecuteAsync("LRANGE", meta[..^"meta".Length] + list, "0", "-1")).Items)
        {
            long[] head = [.. entry.Text!.Split(' ').Take(3).Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
            for (long number = head[2]; number < head[2] + head[0]; number++)
                numbers.Add(number);
        }

        return numbers;
    }
}
