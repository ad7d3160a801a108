using System.Numerics;
using System.Security.Cryptography;

namespace CodePool.Benchmarks.Generating;

/// <summary>The algorithm of nanoid: bytes masked to the next power of two, those past the alphabet rejected; a buffer a code.</summary>
internal static class Nanoid
{
    public static void Generate(string alphabet, int length, int count)
    {
        int mask = (int)BitOperations.RoundUpToPowerOf2((uint)alphabet.Length) - 1;
        Span<byte> bytes = stackalloc byte[(int)Math.Ceiling(1.6 * (mask + 1) * length / alphabet.Length)];
        Span<char> code = stackalloc char[length];
        for (int i = 0; i < count; i++)
        {
            for (int filled = 0; filled < length;)
            {
                RandomNumberGenerator.Fill(bytes);
                foreach (byte b in bytes)
                {
                    if ((b & mask) < alphabet.Length && filled < length)
                        code[filled++] = alphabet[b & mask];
                }
            }

            GC.KeepAlive(new string(code));
        }
    }
}
