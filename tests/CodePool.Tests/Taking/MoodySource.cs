using CodePool.Internal.Taking;

namespace CodePool.Tests.Taking;

/// <summary>Sometimes slow, empty, failing, or generous beyond what was asked; it remembers how many codes it gave.</summary>
internal sealed class MoodySource(int seed) : CodeSource
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private int _given;

    public override long Taken => Volatile.Read(ref _given);

    /// <summary>Whether it gives no more.</summary>
    public bool HasRunOut { get; set; }

    public int Next(int max)
    {
        lock (_lock)
            return _random.Next(max);
    }

    public override async ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
    {
        if (HasRunOut)
            return [];
        for (int yields = Next(2) * Next(5); yields > 0; yields--)
            await Task.Yield();
        int count = Next(10) switch
        {
            0 => 0,
            1 => throw new CodePoolStoreUnavailableException("test", "down"),
            2 => maxCount + Next(4),
            3 or 4 => 1 + Next(maxCount),
            _ => maxCount,
        };
        int last = Interlocked.Add(ref _given, count);
        return [.. Enumerable.Range(last - count + 1, count).Select(number => $"{number}")];
    }

    public async ValueTask<bool> ReplenishAsync(long since, Task arrival)
    {
        if (HasRunOut)
            return false;
        for (int yields = Next(4); yields > 0; yields--)
            await Task.Yield();
        return Next(8) switch
        {
            0 => false,
            1 => throw new CodePoolStoreUnavailableException("test", "no refill"),
            _ => true,
        };
    }
}
