using System.Globalization;
using System.Numerics;
using System.Text;
using CodePool.Benchmarks.Sizes;
using CodePool.TestServers;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Redis;

/// <summary>Other ways to keep 12 symbols in Redis, none of which the provider uses: what our entries cost beside them.</summary>
internal static class RedisAlternatives
{
    private const int LeaseSize = 500;
    private static readonly RedisKey Key = "alternative";

    public static async Task MeasureAsync(int count)
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync();
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        IDatabase redis = connection.GetDatabase();
        string[] codes = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, 12)).Generate(count);
        string[] digits = new CodeGenerator(new CodeFormat(CodeAlphabet.Digits, 12)).Generate(count);
        SizeTable.Begin("other ways, 12 symbols, Redis' defaults");
        await ListAsync("list of codes alone", codes, (code, _) => code);
        await ListAsync("list of codes alone, digits only (numbers that do not begin with 0 are stored as such)", digits, (code, _) => code);
        await ListAsync("list of lease, number, code, in decimal", codes, (code, i) => $"{1 + (i / LeaseSize)} {1 + i} {code}");
        await ListAsync("list of lease, number, code, the numbers as base-128 bytes", codes, (code, i) => Packed(1 + (i / LeaseSize), 1 + i, code));
        await ListAsync("list of lease, place in the lease, code, as base-128 bytes", codes, (code, i) => Packed(1 + (i / LeaseSize), i % LeaseSize, code));
        await ListAsync("list of codes as 8-byte numbers", codes, (code, _) => EightBytes(code));
        await FillAsync(codes, (code, _) => code, chunk => redis.SetAddAsync(Key, chunk));
        await PrintAsync("SET of codes");
        await FillAsync(codes, (code, _) => code, chunk => redis.SortedSetAddAsync(Key, [.. chunk.Select(code => new SortedSetEntry(code, 0))]));
        await PrintAsync("sorted set of codes");

        async Task ListAsync(string name, string[] from, Func<string, int, RedisValue> entry)
        {
            await FillAsync(from, entry, chunk => redis.ListRightPushAsync(Key, chunk));
            await PrintAsync(name);
        }

        async Task FillAsync(string[] from, Func<string, int, RedisValue> entry, Func<RedisValue[], Task> push)
        {
            foreach (RedisValue[] chunk in from.Select(entry).Chunk(LeaseSize))
                await push(chunk);
        }

        async Task PrintAsync(string name)
        {
            SizeTable.Row(name, count, await RedisSizes.UsageAsync(redis, Key));
            await redis.KeyDeleteAsync(Key);
        }
    }

    private static byte[] Packed(long first, long second, string code)
    {
        var bytes = new List<byte>();
        foreach (long number in (long[])[first, second])
        {
            for (long left = number; ; left >>= 7)
            {
                bytes.Add((byte)(left < 128 ? left : 128 | left));
                if (left < 128)
                    break;
            }
        }

        return [.. bytes, .. Encoding.ASCII.GetBytes(code)];
    }

    private static byte[] EightBytes(string code)
    {
        ulong value = code.Aggregate(0UL, (sum, symbol) => (sum * 32) + (ulong)CodeAlphabet.Crockford.Symbols.IndexOf(symbol, StringComparison.Ordinal));
        return BitConverter.GetBytes(value);
    }
}
