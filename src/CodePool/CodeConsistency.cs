namespace CodePool;

/// <summary>When a taken code becomes Used in the store. A property of the pool, kept in its record.</summary>
public enum CodeConsistency
{
    /// <summary>The default: the caller has the code at cache latency, and a background marker writes Used in batches.</summary>
    Journaled,

    /// <summary>The store has written Used before the caller has the code; concurrent takes share one write.</summary>
    Confirmed,
}
