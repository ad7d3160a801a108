namespace CodePool.TestServers;

/// <summary>A server answered with an error.</summary>
/// <param name="command">What it was asked.</param>
/// <param name="error">What it said, such as <c>NOAUTH Authentication required.</c></param>
public sealed class RespErrorException(string command, string error) : Exception($"{command}: {error}")
{
    /// <summary>What it said.</summary>
    public string Error => error;
}
