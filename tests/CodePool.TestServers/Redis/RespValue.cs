using System.Globalization;

namespace CodePool.TestServers;

/// <summary>A reply of a Redis server, in version 2 of its protocol.</summary>
/// <param name="Kind"><c>+</c> status, <c>-</c> error, <c>:</c> number, <c>$</c> string, <c>*</c> array.</param>
/// <param name="Text">What it says; null for an array, and for a missing value.</param>
/// <param name="Items">What an array holds.</param>
public sealed record RespValue(char Kind, string? Text, IReadOnlyList<RespValue> Items)
{
    /// <summary>The number it says.</summary>
    public long Number => long.Parse(Text!, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => Text ?? (Kind == '*' ? $"[{string.Join(", ", Items)}]" : "(nil)");
}
