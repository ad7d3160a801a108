using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace CodePool.Redis.Internal;

/// <summary>Refuses at start what could not work, naming the key and the fix.</summary>
internal sealed partial class RedisOptionsValidator(string pool) : IValidateOptions<RedisCodePoolOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisCodePoolOptions options)
    {
        if (name != pool)
            return ValidateOptionsResult.Skip;
        if (options.KeyPrefix is null || !KeyPrefix().IsMatch(options.KeyPrefix))
            return Fail("RedisCodePoolOptions.KeyPrefix must be 1 to 64 letters, digits, dots, colons, hyphens or underscores.");
        return options.Database >= -1
            ? ValidateOptionsResult.Success
            : Fail($"RedisCodePoolOptions.Database is {options.Database}; set it to a database's number, or -1 for the connection's.");
    }

    [GeneratedRegex("^[A-Za-z0-9._:-]{1,64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPrefix();

    private ValidateOptionsResult Fail(string fault) => ValidateOptionsResult.Fail($"CodePool '{pool}': {fault}");
}
