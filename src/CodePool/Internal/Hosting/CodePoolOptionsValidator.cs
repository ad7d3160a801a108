using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CodePool.Internal.Hosting;

/// <summary>Refuses at start what could not work, naming the key and the fix; all faults at once.</summary>
internal sealed partial class CodePoolOptionsValidator(string pool, IServiceProvider provider) : IValidateOptions<CodePoolOptions>
{
    public ValidateOptionsResult Validate(string? name, CodePoolOptions options)
    {
        if (name != pool)
            return ValidateOptionsResult.Skip;
        string[] faults = [.. Faults(options).Select(fault => $"CodePool '{pool}': {fault}")];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex PoolName();

    private IEnumerable<string> Faults(CodePoolOptions options) =>
        [.. NameFaults(), .. StoreFaults(), .. CacheFaults(), .. SizeFaults(options), .. TimeFaults(options), .. FormatFaults(options)];

    private IEnumerable<string> NameFaults()
    {
        if (!PoolName().IsMatch(pool))
            yield return "the name passed to AddCodePool must be 1 to 64 letters, digits, dots, hyphens or underscores.";
    }

    private IEnumerable<string> StoreFaults()
    {
        string[] stores = [.. provider.GetKeyedServices<StoreRegistration>(pool).Select(store => store.Provider)];
        if (stores.Length == 0)
            yield return "it has no store. Add exactly one after AddCodePool: .UseSqlite(\"codes.db\"), .UsePostgres(connectionString), or .UseInMemoryStore() for tests.";
        if (stores.Length > 1)
            yield return $"it has {stores.Length} stores ({string.Join(", ", stores)}). Keep exactly one.";
    }

    private IEnumerable<string> CacheFaults()
    {
        string[] caches = [.. provider.GetKeyedServices<CacheRegistration>(pool).Select(cache => cache.Provider)];
        if (caches.Length > 1)
            yield return $"it has {caches.Length} caches ({string.Join(", ", caches)}). Keep at most one.";
    }

    private static IEnumerable<string> SizeFaults(CodePoolOptions o)
    {
        if (o.StoreMinThreshold < 1)
            yield return $"StoreMinThreshold is {o.StoreMinThreshold}; set it to at least 1.";
        if (o.StoreTargetSize < o.StoreMinThreshold)
            yield return $"StoreTargetSize is {o.StoreTargetSize}, below StoreMinThreshold ({o.StoreMinThreshold}); set it to at least that.";
        if (o.CacheMinThreshold < 1)
            yield return $"CacheMinThreshold is {o.CacheMinThreshold}; set it to at least 1.";
        if (o.CacheRefillBatch is < 1 or > 10_000_000)
            yield return $"CacheRefillBatch is {o.CacheRefillBatch}; set it to 1 to 10,000,000.";
        if (o.MaxJournalLength < 1)
            yield return $"MaxJournalLength is {o.MaxJournalLength}; set it to at least 1.";
        if (o.ConfirmAhead is < 0 or > 100_000)
            yield return $"ConfirmAhead is {o.ConfirmAhead}; set it to 0 to 100,000.";
        if (o.ConfirmAhead > 0 && o.Consistency == CodeConsistency.Journaled)
            yield return $"ConfirmAhead is {o.ConfirmAhead}, but the pool is Journaled, which confirms nothing. Remove it, or set Consistency to Confirmed.";
    }

    private static IEnumerable<string> TimeFaults(CodePoolOptions o)
    {
        if (!Enum.IsDefined(o.Consistency))
            yield return $"Consistency is {o.Consistency}; set it to Journaled or Confirmed.";
        if (o.MonitorInterval < TimeSpan.FromMilliseconds(10) || o.MonitorInterval > TimeSpan.FromDays(1))
            yield return $"MonitorInterval is {o.MonitorInterval}; set it to 10 milliseconds to 1 day.";
        if (o.TakeTimeout <= TimeSpan.Zero || o.TakeTimeout > TimeSpan.FromDays(1))
            yield return $"TakeTimeout is {o.TakeTimeout}; set it to more than zero and at most 1 day.";
        if (o.EpochTimeout < TimeSpan.FromSeconds(1) || o.EpochTimeout > TimeSpan.FromDays(7))
            yield return $"EpochTimeout is {o.EpochTimeout}; set it to 1 second to 7 days.";
    }

    private static IEnumerable<string> FormatFaults(CodePoolOptions options)
    {
        CodeFormat format;
        string? fault = null;
        try
        {
            format = options.ToFormat();
            fault = KeyspaceFault(options, format);
        }
        catch (ArgumentException refused)
        {
            string key = refused.ParamName switch
            {
                "pattern" => nameof(CodePoolOptions.Pattern),
                "length" => nameof(CodePoolOptions.CodeLength),
                _ => nameof(CodePoolOptions.Alphabet),
            };
            fault = $"{key}: {refused.Message}";
        }

        if (fault is not null)
            yield return fault;
    }

    private static string? KeyspaceFault(CodePoolOptions options, CodeFormat format)
    {
        if (format.Keyspace < options.StoreTargetSize)
            return $"StoreTargetSize is {options.StoreTargetSize}, but the format has only {format.Keyspace} codes. Raise CodeLength, or lower StoreTargetSize.";
        double guess = format.GuessProbability(options.StoreTargetSize);
        if (guess > StoreMonitor.MaxGuessProbability && !options.AllowGuessableCodes)
            return $"with StoreTargetSize {options.StoreTargetSize} and {format.EntropyBits:F1} bits a code, a random guess hits with probability {guess:E1}, more than one in a million. Raise CodeLength (or the random symbols of Pattern), or set AllowGuessableCodes if guesses are harmless or limited elsewhere.";
        return null;
    }
}
