using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>What a test says about a store when it is quiet.</summary>
public static class StoreAsserts
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<CodeState?> StateAsync(this CodeStore store, string code) =>
        (await store.FindAsync(code, Token))?.State;

    public static async Task<CodeState?> StateAsync(this CodeStore store, long number) => await store.StateAsync(TestCodes.Of(number));

    /// <summary>The audit finds nothing, the sum holds, and the counters say what the rows say.</summary>
    public static async Task<StoreLevels> AssertExactAsync(this CodeStore store)
    {
        CodePoolAudit audit = await store.AuditAsync(Token);
        Assert.True(audit.Findings.Count == 0, string.Join("; ", audit.Findings));
        Assert.True(audit.IsExact, $"The sum does not hold: {audit}");
        StoreLevels levels = await store.GetLevelsAsync(Token);
        Assert.Equal(
            (audit.Generated, audit.Available, audit.Leased, audit.Used, audit.Unconfirmed, audit.Void),
            (levels.Generated, levels.Available, levels.Leased, levels.Used, levels.Unconfirmed, levels.Void));
        return levels;
    }

    /// <summary>Exact, and these are the figures; what is not named is 0.</summary>
    public static async Task<StoreLevels> AssertLevelsAsync(
        this CodeStore store, long available = 0, long leased = 0, long used = 0, long unconfirmed = 0, long @void = 0)
    {
        StoreLevels levels = await store.AssertExactAsync();
        Assert.Equal(
            (Available: available, Leased: leased, Used: used, Unconfirmed: unconfirmed, Void: @void),
            (levels.Available, levels.Leased, levels.Used, levels.Unconfirmed, levels.Void));
        return levels;
    }

    /// <summary>The leases hold exactly these codes, in this order.</summary>
    public static void AssertNumbers(this IEnumerable<Lease> leases, params long[] numbers) => Assert.Equal(numbers, leases.Numbers());

    public static void AssertNumbersFrom(this IEnumerable<Lease> leases, long first, int count) =>
        leases.AssertNumbers([.. Enumerable.Range(0, count).Select(offset => first + offset)]);

    /// <summary>Runs a step that must refuse because the database went back in time, for this evidence.</summary>
    public static async Task AssertRewoundAsync(Func<Task> step, long evidenceEpoch = 0)
    {
        StoreRewoundException refusal = await Assert.ThrowsAsync<StoreRewoundException>(step);
        Assert.Equal(evidenceEpoch, refusal.EvidenceEpoch);
    }
}
