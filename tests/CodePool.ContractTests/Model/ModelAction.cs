namespace CodePool.ContractTests.Model;

/// <summary>What a random step does.</summary>
public enum ModelAction
{
    Fill,
    OpenProcess,
    Rotate,
    CloseEpoch,
    Lease,
    LeaseAgain,
    Mark,
    MarkHostile,
    Confirm,
    ConfirmAgain,
    Settle,
    SettleClosed,
    Recover,
    Adopt,
    AdoptUnknown,
    Restart,
}
