using Microsoft.Extensions.Logging;

namespace CodePool.Postgres.Internal;

/// <summary>Says once that batches go over one connection where two were wanted, and once that they go over two again.</summary>
internal sealed class SecondHalfReport(string pool, SecondHalfPause pause, ILogger logger)
{
    /// <summary>A connection may be late for a batch. Late for so many in a row, it does not come: the pool has one, or all are taken.</summary>
    internal const int Patience = 3;

    private int _missed;
    private bool _told;

    /// <param name="second">That of a batch whose first half is stored.</param>
    /// <param name="more">How many codes it has added.</param>
    /// <param name="dense">Whether the batch met duplicates: who does has lost nothing.</param>
    public void Tell(SecondHalf second, int more, bool dense)
    {
        if (more > 0)
            Stored();
        else if (second.Failure is { } failure)
            Lost(failure);
        else if (second.IsWanted && !second.IsTaken && !dense)
            Missed();
    }

    private void Stored()
    {
        pause.End();
        Volatile.Write(ref _missed, 0);
        if (Interlocked.Exchange(ref _told, false))
            logger.SecondHalfBack(pool);
    }

    /// <summary>The first half has kept all of a batch: the second had no connection yet, or was not to ask for one.</summary>
    private void Missed()
    {
        if (pause.Reason is { } refusal)
            Lost(refusal);
        else if (Interlocked.Increment(ref _missed) >= Patience)
        {
            Lost(new CodePoolStoreUnavailableException(
                pool, $"a second connection was not there in time for {Patience} batches in a row. Maximum Pool Size, or a pooler, may allow only one."));
        }
    }

    private void Lost(CodePoolException failure)
    {
        if (!Interlocked.Exchange(ref _told, true))
            logger.SecondHalfLost(pool, failure);
    }
}
