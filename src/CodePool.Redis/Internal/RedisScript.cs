using System.Security.Cryptography;
using System.Text;

namespace CodePool.Redis.Internal;

/// <summary>A Lua script of <c>Internal/scripts</c>, called by its hash.</summary>
internal sealed class RedisScript
{
    public RedisScript(string text)
    {
        Text = text;
#pragma warning disable CA5350 // Redis names scripts by their SHA-1; nothing is protected by it.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    public string Text { get; }

    public byte[] Hash { get; }
}
