namespace CodePool.ContractTests.Model;

/// <summary>
/// One random step. <paramref name="A"/> and <paramref name="B"/> choose among what there is when it runs, whatever that is:
/// so every part of a sequence is a sequence too, and a failing one can be shortened.
/// </summary>
public readonly record struct ModelStep(ModelAction Action, int A, int B)
{
    private static readonly ModelAction[] Weighted =
    [
        ModelAction.Fill, ModelAction.Fill, ModelAction.OpenProcess, ModelAction.Rotate, ModelAction.CloseEpoch,
        ModelAction.Lease, ModelAction.Lease, ModelAction.Lease, ModelAction.Lease, ModelAction.LeaseAgain,
        ModelAction.Mark, ModelAction.Mark, ModelAction.Mark, ModelAction.MarkHostile,
        ModelAction.Confirm, ModelAction.Confirm, ModelAction.Confirm, ModelAction.ConfirmAgain,
        ModelAction.Settle, ModelAction.Settle, ModelAction.Settle, ModelAction.SettleClosed, ModelAction.SettleClosed,
        ModelAction.Recover, ModelAction.Adopt, ModelAction.AdoptUnknown, ModelAction.Restart,
    ];

    /// <summary>The sequence of a seed.</summary>
    public static IReadOnlyList<ModelStep> Sequence(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ =>
            new ModelStep(Weighted[random.Next(Weighted.Length)], random.Next(1 << 16), random.Next(1 << 16)))];
    }
}
