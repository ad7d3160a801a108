using System.Buffers.Binary;

namespace CodePool.Internal.Generation;

/// <summary>Random words that replace the ones left out, read from the end of the random bytes to the front.</summary>
internal ref struct SpareWords(ReadOnlySpan<byte> random)
{
    private readonly ReadOnlySpan<byte> _random = random;
    private int _end = random.Length - (random.Length % sizeof(uint));

    /// <summary>How many words are left.</summary>
    internal readonly int Left => _end / sizeof(uint);

    internal uint Next()
    {
        _end -= sizeof(uint);
        return BinaryPrimitives.ReadUInt32LittleEndian(_random[_end..]);
    }
}
