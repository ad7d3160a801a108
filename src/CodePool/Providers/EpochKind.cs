namespace CodePool.Providers;

/// <summary>What an epoch is one opening of.</summary>
public enum EpochKind
{
    /// <summary>One application process, for the cache in its memory.</summary>
    Process,

    /// <summary>One Redis replication history, shared by every process that uses it.</summary>
    Redis,
}
