using System.Security.Cryptography;

namespace CodePool.Internal;

internal static class Tokens
{
    /// <summary>128 random bits. (A version 4 GUID has 122.)</summary>
    public static Guid New()
    {
        Span<byte> bits = stackalloc byte[16];
        RandomNumberGenerator.Fill(bits);
        return new Guid(bits);
    }
}
