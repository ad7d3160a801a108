namespace CodePool.Faults.Weakening;

/// <summary>PostgreSQL's statements without a protection.</summary>
internal sealed class WeakStatements(IReadOnlyCollection<string> without)
{
    public string Weaken(string name, string text) => name switch
    {
        "confirm.confirm" when without.Contains(Protection.Status) => Take(text, "c.status = 0", "true"),
        "settle.lock_leases" when without.Contains(Protection.Settle) => Take(text, "AND state = 0", "AND false"),
        "transaction.settings" when without.Contains(Protection.Durable) => Take(text, "ELSE 'on' END", "ELSE 'off' END"),
        _ => text,
    };

    private static string Take(string text, string protection, string instead) => text.Contains(protection, StringComparison.Ordinal)
        ? text.Replace(protection, instead, StringComparison.Ordinal)
        : throw new InvalidOperationException($"The protection is not where it was: {protection}");
}
