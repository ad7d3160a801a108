namespace CodePool.TestServers;

/// <summary>What a server finds again when it is started after a stop or a kill.</summary>
public enum RedisPersistence
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>What was there at the last <see cref="RedisInstance.SaveAsync"/> or clean stop: a kill loses what came later.</summary>
    Snapshot,

    /// <summary>
    /// An append-only file, flushed every second. Usually written before each reply, but not while a flush is under way: a
    /// kill can lose that much. See <see cref="RedisInstance.WaitForAppendFileAsync"/>.
    /// </summary>
    AppendEverySecond,

    /// <summary>An append-only file, flushed before each reply.</summary>
    AppendAlways,
}
