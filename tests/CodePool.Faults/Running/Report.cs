using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodePool.Faults.Running;

/// <summary>A scenario's line of output.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Seed">The seed of its timing.</param>
/// <param name="HandedOut">Codes handed out, control aside.</param>
/// <param name="Duplicates">Codes handed out twice, control aside.</param>
/// <param name="Unaccounted">Codes handed out that the store has not as Used (nor, where a journal was lost, as Unconfirmed), leased ones that lie nowhere, and those burned in an open epoch.</param>
/// <param name="Burned">Codes Unconfirmed in the end.</param>
/// <param name="ResumedAfterMs">From the fault to the first code that was asked for after it, in the slower worker.</param>
/// <param name="Control">Duplicates and unaccounted codes without the protection.</param>
/// <param name="IsWrong">Whether anything is.</param>
internal sealed record Report(
    string Scenario, int Seed, long HandedOut, long Duplicates, long Unaccounted, long Burned, long ResumedAfterMs, long Control,
    [property: JsonIgnore] bool IsWrong)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public string ToJson() => JsonSerializer.Serialize(this, Options);
}
