using CodePool.Providers;

namespace CodePool.ContractTests.Model;

/// <summary>An epoch the model remembers for ever.</summary>
public sealed class ModelEpoch(Epoch epoch)
{
    public Epoch Epoch { get; } = epoch;

    public bool IsOpen => Reason == EpochCloseReason.None;

    public EpochCloseReason Reason { get; set; }
}
