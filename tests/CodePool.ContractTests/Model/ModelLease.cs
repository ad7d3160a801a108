using CodePool.Providers;

namespace CodePool.ContractTests.Model;

/// <summary>A lease the model remembers for ever, as a process with a long memory would.</summary>
public sealed class ModelLease(Lease lease, ModelEpoch epoch, Guid operation)
{
    public Lease Lease { get; } = lease;

    public ModelEpoch Epoch { get; } = epoch;

    public Guid Operation { get; } = operation;

    public bool IsOpen { get; set; } = true;
}
