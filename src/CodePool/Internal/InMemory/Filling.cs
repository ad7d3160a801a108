using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Stores new codes, numbered in the order drawn.</summary>
internal static class Filling
{
    public static FillResult Fill(PoolState pool, FillRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        long missing = Math.Min(request.MaxBatch, request.Target - pool.Available);
        if (missing <= 0)
            return new FillResult(0, 0, pool.Available, pool.FilledTo);

        IReadOnlyList<string> drawn = request.Draw((int)missing);
        (List<string> fresh, int looked) = Choose(pool, drawn, missing);
        cancellationToken.ThrowIfCancellationRequested();

        // Numbers are given after duplicates are out, so there are no gaps.
        foreach (string code in fresh)
            pool.Codes.Add(new CodeRow(++pool.FilledTo, code, CodeStatus.Open, now));
        return new FillResult(looked, fresh.Count, pool.Available, pool.FilledTo);
    }

    private static (List<string> Fresh, int Looked) Choose(PoolState pool, IReadOnlyList<string> drawn, long missing)
    {
        var fresh = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int looked = 0;
        while (looked < drawn.Count && fresh.Count < missing)
        {
            string code = drawn[looked++];
            if (seen.Add(code) && pool.Codes.Find(code) is null)
                fresh.Add(code);
        }

        return (fresh, looked);
    }
}
