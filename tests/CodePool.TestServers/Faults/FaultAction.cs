namespace CodePool.TestServers;

/// <summary>What becomes of a request.</summary>
public enum FaultAction
{
    /// <summary>It is forwarded, and so is its reply.</summary>
    Pass,

    /// <summary>It is forwarded and executed. When its reply comes, the connection is cut instead; earlier replies have arrived.</summary>
    LoseReply,

    /// <summary>The connection is cut before it is forwarded, and whatever was on its way is lost with it.</summary>
    LoseRequest,
}
