using System.Reflection;

namespace CodePool.ContractTests;

/// <summary>Fails when a provider's test project leaves a suite out: a suite nobody inherits is silently not run.</summary>
public static class ContractCompleteness
{
    /// <summary>
    /// Every public abstract suite here that is named …Contract and generic over a harness must be inherited by a public
    /// class of <paramref name="testAssembly"/>, once for each of its harnesses that fits.
    /// </summary>
    public static void AssertAllInherited(Assembly testAssembly)
    {
        IReadOnlyList<string> missing = FindMissing(testAssembly.GetExportedTypes());
        Assert.True(missing.Count == 0, $"{testAssembly.GetName().Name} lacks: {string.Join(", ", missing)}.");
    }

    /// <summary>The suites that these types do not inherit, as one would write them.</summary>
    public static IReadOnlyList<string> FindMissing(IReadOnlyCollection<Type> types)
    {
        List<(Type Suite, Type Harness)> wanted =
        [
            .. from suite in Suites()
               from harness in types
               where !harness.IsAbstract && HarnessOf(suite).IsAssignableFrom(harness)
               select (suite, harness),
        ];
        Assert.True(wanted.Count > 0, "There is no public harness in the test assembly.");
        return [.. wanted.Where(pair => !types.Any(type => Inherits(type, pair.Suite, pair.Harness)))
            .Select(pair => $"{pair.Suite.Name.Split('`')[0]}<{pair.Harness.Name}>")];
    }

    /// <summary>The suites of this assembly.</summary>
    public static IEnumerable<Type> Suites() =>
        typeof(ContractCompleteness).Assembly.GetExportedTypes().Where(type =>
            type is { IsAbstract: true, IsGenericTypeDefinition: true }
            && type.Name.Split('`')[0].EndsWith("Contract", StringComparison.Ordinal));

    /// <summary>What a suite's harness must derive from: the class its type parameter is constrained to.</summary>
    private static Type HarnessOf(Type suite) =>
        suite.GetGenericArguments()[0].GetGenericParameterConstraints().Single(constraint => constraint.IsClass);

    private static bool Inherits(Type type, Type suite, Type harness)
    {
        if (type.IsAbstract)
            return false;
        for (Type? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.IsGenericType && ancestor.GetGenericTypeDefinition() == suite && ancestor.GetGenericArguments()[0] == harness)
                return true;
        }

        return false;
    }
}
