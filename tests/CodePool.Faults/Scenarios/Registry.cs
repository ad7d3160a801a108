namespace CodePool.Faults.Scenarios;

/// <summary>Every scenario, in each consistency that it means something for.</summary>
internal static class Registry
{
    private static readonly Func<CodeConsistency, Scenario>[] Both =
    [
        consistency => new LossyFailover(consistency),
    ];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. from create in Both
           from consistency in Enum.GetValues<CodeConsistency>()
           select create(consistency),
    ];
}
