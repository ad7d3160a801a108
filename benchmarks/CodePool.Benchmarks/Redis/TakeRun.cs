using CodePool.Benchmarks.Ratios;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Redis;

/// <summary>
/// <c>ratios take</c>: takes from Redis, fenced and journaled, against a plain LPOP a take, which is neither, on the same connection.
/// Both lists are filled beforehand; nothing is refilled or marked while the clock runs.
/// </summary>
internal sealed class TakeRun : IRatioRun
{
    private RedisPool _redis = null!;

    public string Name => "take";

    public int Rounds => 3;

    // After one, each round was still faster than the one before.
    public int WarmUps => 3;

    public async Task<IReadOnlyList<Variant>> PrepareAsync()
    {
        _redis = await RedisPool.StartAsync(leaseSize: 1_000);
        Console.WriteLine($"# Redis on the same cores, client in this process");

        return
        [
            .. Singles(callers: 1, codes: 20_000),
            .. Singles(callers: 8, codes: 60_000),
            .. Singles(callers: 64, codes: 150_000),
            .. Singles(callers: 512, codes: 200_000),
            Plain("TakeUpToAsync(100), 8 callers", 8, 60_000),
            new("TakeUpToAsync(100), 8 callers", "CodePool TakeUpToAsync", false, async () =>
            {
                await _redis.FillAsync(400_000);
                return await Callers.TimeAsync(8, 400_000, () => _redis.Pool.TakeUpToAsync(100), taken => taken.Count);
            }),
        ];
    }

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    private IEnumerable<Variant> Singles(int callers, int codes)
    {
        string setting = $"{callers} caller{(callers == 1 ? "" : "s")}";
        yield return Plain(setting, callers, codes);
        yield return new Variant(setting, "CodePool TakeAsync", false, async () =>
        {
            await _redis.FillAsync(codes + callers);
            return await Callers.TimeAsync(callers, codes, () => _redis.Pool.TryTakeAsync(), code => code is null ? 0 : 1);
        });
    }

    private Variant Plain(string setting, int callers, int codes) => new(setting, "LPOP a take", true, async () =>
    {
        await _redis.FillPlainAsync(codes + callers);
        return await Callers.TimeAsync(callers, codes, () => new ValueTask<RedisValue>(_redis.PopPlainAsync()), code => code.IsNull ? 0 : 1);
    });
}
