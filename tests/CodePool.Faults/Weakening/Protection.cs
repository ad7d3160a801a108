namespace CodePool.Faults.Weakening;

/// <summary>What can be switched off, each to show the fault that it stands against.</summary>
internal static class Protection
{
    /// <summary>Scripts and clients compare the server's replication id.</summary>
    public const string Replid = "fence-replid";

    /// <summary>Scripts compare the lengths of list and journal with meta.</summary>
    public const string Lengths = "fence-lengths";

    /// <summary>An epoch is opened once, never again.</summary>
    public const string OpenOnce = "open-once";

    /// <summary>A push that comes twice changes nothing.</summary>
    public const string PushOnce = "push-once";

    /// <summary>Which leases were pushed lies in meta, beside the token, and not in a key of its own.</summary>
    public const string OneKey = "leases-in-meta";

    /// <summary>A pop writes to the journal in the same breath.</summary>
    public const string Journal = "journal";

    /// <summary>The journal is trimmed when the store has the marks, not before.</summary>
    public const string MarkBeforeTrim = "mark-before-trim";

    /// <summary>A script that the server does not know is sent in full.</summary>
    public const string EvalUnknown = "eval-unknown";

    /// <summary>A claim asks the store for an open code.</summary>
    public const string Status = "status";

    /// <summary>What a closed or finished lease left is settled.</summary>
    public const string Settle = "settle";

    /// <summary>Codes confirmed ahead are dropped when the store may have forgotten them.</summary>
    public const string DropForgotten = "drop-forgotten";

    /// <summary>What is confirmed is held while the store has proved nothing for too long.</summary>
    public const string RecentProof = "recent-proof";

    /// <summary>The store's commits are forced to disk.</summary>
    public const string Durable = "durable-commit";
}
