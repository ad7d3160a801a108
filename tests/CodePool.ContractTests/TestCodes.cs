using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Codes whose order says nothing about their numbers.</summary>
public static class TestCodes
{
    /// <summary>The code that the steps store under a number.</summary>
    public static string Of(long number) => $"{number * 7919 % 10007:D5}X{number:D4}";

    public static string[] Range(long first, int count) =>
        [.. Enumerable.Range(0, count).Select(offset => Of(first + offset))];

    /// <summary>Some codes of a lease, by their place in it.</summary>
    public static LeasedCode[] At(this Lease lease, params int[] places) =>
        [.. places.Select(place => new LeasedCode(lease.Number, lease.First + place, lease.Codes[place]))];

    /// <summary>The first codes of a lease.</summary>
    public static LeasedCode[] Take(this Lease lease, int count) => lease.At([.. Enumerable.Range(0, count)]);

    /// <summary>All codes of leases.</summary>
    public static LeasedCode[] All(this IEnumerable<Lease> leases) =>
        [.. leases.SelectMany(lease => lease.Take(lease.Codes.Count))];

    public static LeasedCode[] All(this Lease lease) => lease.Take(lease.Codes.Count);

    /// <summary>The numbers that leases hold.</summary>
    public static long[] Numbers(this IEnumerable<Lease> leases) => [.. leases.All().Select(code => code.Number)];
}
