namespace CodePool.TestServers;

/// <summary>Rules for <see cref="FaultProxy.Rule"/>.</summary>
public static class FaultRules
{
    /// <summary>Everything passes.</summary>
    public static FaultAction Pass(RespRequest request) => FaultAction.Pass;

    /// <summary>
    /// A share of the matching requests loses its reply. The seed fixes which of them, by their order at the proxy.
    /// </summary>
    public static Func<RespRequest, FaultAction> LoseReplies(double share, int seed, Func<RespRequest, bool> matches) =>
        Share(FaultAction.LoseReply, share, seed, matches);

    /// <summary>A share of the matching requests meets <paramref name="action"/>.</summary>
    public static Func<RespRequest, FaultAction> Share(FaultAction action, double share, int seed, Func<RespRequest, bool> matches)
    {
        // Not a secret: a run that can be repeated.
        var random = new Random(seed);
        return request =>
        {
            if (!matches(request))
                return FaultAction.Pass;

            // Connections ask at once, and Random is not made for it.
            lock (random)
                return random.NextDouble() < share ? action : FaultAction.Pass;
        };
    }

    /// <summary>The first <paramref name="count"/> matching requests meet <paramref name="action"/>.</summary>
    public static Func<RespRequest, FaultAction> First(int count, FaultAction action, Func<RespRequest, bool> matches)
    {
        int seen = 0;
        return request => matches(request) && Interlocked.Increment(ref seen) <= count ? action : FaultAction.Pass;
    }
}
