namespace CodePool.Faults.Scenarios;

/// <summary>Every scenario, in each consistency that it means something for.</summary>
internal static class Registry
{
    private static readonly Func<CodeConsistency, Scenario>[] Both =
    [
        consistency => new LossyFailover(consistency),
        consistency => new FailoverAndBack(consistency),
        consistency => new SplitBrain(consistency),
        consistency => new ThereAndBackUnseen(consistency),
        consistency => new RestartFromSnapshot(consistency),
        consistency => new RestartFromLog(consistency),
        consistency => new RestartEmpty(consistency),
        consistency => new FlushAll(consistency),
        consistency => new DeletedKey("meta", consistency),
        consistency => new DeletedKey("list", consistency),
        consistency => new ScriptFlush(consistency),
        consistency => new KilledWorker(consistency),
        consistency => new LostReplies("pop", consistency),
        consistency => new LostReplies("push", consistency),
        consistency => new LostReplies("open", consistency),
        consistency => new DatabaseDown(consistency),
        consistency => new RedisDownAtStart(consistency),
    ];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. from create in Both
           from consistency in Enum.GetValues<CodeConsistency>()
           select create(consistency),

        // Confirmed has no journal.
        new DeletedKey("journal", CodeConsistency.Journaled),

        // Only Confirmed holds codes that the store alone knows to be Used.
        new DatabaseRestored(newTimeline: true),
        new DatabaseRestored(newTimeline: false),
        new DatabaseRestoredUnheard(),
    ];
}
