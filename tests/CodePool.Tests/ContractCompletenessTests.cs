using CodePool.ContractTests;
using CodePool.Tests.InMemory;

namespace CodePool.Tests;

public sealed class ContractCompletenessTests
{
    [Fact]
    public void No_suite_is_left_out() => ContractCompleteness.AssertAllInherited(typeof(InMemoryHarness).Assembly);

    [Fact]
    public void A_suite_that_is_left_out_is_named()
    {
        Type[] types = [typeof(InMemoryHarness), typeof(InMemoryFill)];
        IReadOnlyList<string> missing = ContractCompleteness.FindMissing(types);
        Assert.Contains("LeaseContract<InMemoryHarness>", missing);
        Assert.DoesNotContain("FillContract<InMemoryHarness>", missing);
    }
}
