namespace CodePool.Benchmarks.Ratios;

/// <summary>A comparison: <c>ratios NAME</c>.</summary>
internal interface IRatioRun : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Sets up and says which variants there are.</summary>
    Task<IReadOnlyList<Variant>> PrepareAsync();

    /// <summary>How often each variant is measured; the median counts.</summary>
    int Rounds => 5;

    /// <summary>How often each runs before that, until the compiler is done with what it runs.</summary>
    int WarmUps => 1;
}
