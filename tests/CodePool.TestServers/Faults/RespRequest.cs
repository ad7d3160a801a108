using System.Security.Cryptography;
using System.Text;

namespace CodePool.TestServers;

/// <summary>A request as a client sent it: the command's name and its arguments.</summary>
public sealed class RespRequest
{
    private readonly IReadOnlyList<byte[]> _parts;

    internal RespRequest(IReadOnlyList<byte[]> parts)
    {
        _parts = parts;
        Command = Text(0).ToUpperInvariant();
    }

    /// <summary>The command's name in capitals: <c>EVALSHA</c>.</summary>
    public string Command { get; }

    /// <summary>How many arguments follow the name.</summary>
    public int ArgumentCount => _parts.Count - 1;

    /// <summary>The hash of the script it runs, whether that was sent by hash or in full; null for another command.</summary>
    public string? ScriptHash => ArgumentCount == 0 ? null : Command switch
    {
        "EVALSHA" or "EVALSHA_RO" => Text(1).ToLowerInvariant(),
        "EVAL" or "EVAL_RO" => HashOf(_parts[1]),
        _ => null,
    };

    /// <summary>An argument, counted from 1.</summary>
    public ReadOnlyMemory<byte> Argument(int place) => _parts[place];

    /// <summary>An argument as text, counted from 1.</summary>
    public string Text(int place) => Encoding.UTF8.GetString(_parts[place]);

    /// <summary>Whether it runs this script.</summary>
    public bool Runs(string script) => ScriptHash == HashOf(Encoding.UTF8.GetBytes(script));

    /// <inheritdoc/>
    public override string ToString() => $"{Command}({ArgumentCount})";

    // Redis names scripts by SHA-1: a name, not a protection.
#pragma warning disable CA5350
    private static string HashOf(byte[] script) => Convert.ToHexStringLower(SHA1.HashData(script));
#pragma warning restore CA5350
}
