namespace CodePool.ContractTests.Model;

/// <summary>What the model believes of one code: its state outright, no ranges and no counters.</summary>
public sealed class ModelCode(long number, string code)
{
    public long Number { get; } = number;

    public string Code { get; } = code;

    public CodeState State { get; set; } = CodeState.Available;

    /// <summary>The lease it is, or was last, in.</summary>
    public ModelLease? Lease { get; set; }

    /// <summary>Made Unconfirmed by a recovery, which knows no lease.</summary>
    public bool Recovered { get; set; }

    public Guid? Operation { get; set; }
}
