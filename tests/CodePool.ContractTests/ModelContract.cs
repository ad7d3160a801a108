using System.Globalization;
using CodePool.ContractTests.Model;

namespace CodePool.ContractTests;

/// <summary>
/// Random sequences of steps against a dictionary of states. The seeds are fixed, so that a run can be repeated;
/// CODEPOOL_TEST_SEED explores others.
/// </summary>
public abstract class ModelContract<THarness>
    where THarness : StoreHarness, new()
{
    /// <summary>Sequences for each consistency; fewer where a database is slow to make.</summary>
    protected virtual int Sequences => 6;

    /// <summary>Steps in a sequence.</summary>
    protected virtual int Length => 80;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task Store_and_model_agree_after_every_step(CodeConsistency consistency)
    {
        int seed = int.Parse(Environment.GetEnvironmentVariable("CODEPOOL_TEST_SEED") ?? "1", CultureInfo.InvariantCulture);
        string? fault = await ModelSearch.FindFaultAsync(() => new THarness(), consistency, seed, Sequences, Length);
        Assert.True(fault is null, fault);
    }
}
