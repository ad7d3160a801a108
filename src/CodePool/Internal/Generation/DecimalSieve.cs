using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CodePool.Internal.Generation;

/// <summary>Makes of random bytes words whose upper bits give three decimal digits each, every triple with the same probability.</summary>
/// <remarks>
/// Ten random bits are one of 1,024 groups, and three digits one of 1,000 triples, so that a digit takes 3.4 bits where it needs 3.3; a word of
/// 32 bits gives seven, 4.6 bits each. Group g gives the triple floor(g * 1000 / 1024), which comes from one group or from two; leaving out those whose
/// g * 1000 mod 1024 is below 1024 mod 1000 leaves one for each triple: unbiased, as in <see cref="SymbolEncoder"/>. It is 24 groups in
/// 1,024, too many to replace one by one: the others are moved together.
/// A block is five planes of 32 words. The upper ten bits of a word are a group; the lower six of five words, one after the other, are three.
/// </remarks>
/// <param name="vectorBits">512, 256, 128, or 0 for none.</param>
internal sealed class DecimalSieve(int vectorBits)
{
    /// <summary>Decimal digits that a word gives.</summary>
    internal const int DigitsPerWord = 3;

    /// <summary>Random bytes of a block.</summary>
    internal const int RandomBytes = Planes * PlaneBytes;

    /// <summary>Bytes for the words of a block, if none is left out.</summary>
    internal const int Room = Groups * PlaneBytes;

    private const int Planes = 5;
    private const int Groups = 8;
    private const int PlaneBytes = SymbolEncoder.BlockWords * sizeof(ushort);
    private const int GroupBits = 10;
    private const int TailBits = 16 - GroupBits;
    private const ushort Triples = 1_000;

    /// <summary>Group g is the word g * 2^6, and so g * 1000 mod 1024 is that word * 1000 mod 2^16, in units of 2^6.</summary>
    private const ushort LeftOut = (1_024 % Triples) << TailBits;

    /// <summary>How many blocks give so many words, but for one case in a billion: six standard deviations below the 250 of 256 that each is expected to.</summary>
    internal static long BlocksFor(long words) => 1 + ((words + 26) / 248);

    /// <summary>Replaces random bytes by the words made of them.</summary>
    /// <param name="bytes"><see cref="Room"/> for each block; the last <see cref="RandomBytes"/> for each block are random. Then the words, and zeros.</param>
    /// <returns>How many words.</returns>
    // In place: of b blocks, the first n have filled the bytes before 512 * n at most, and what is still to be read begins at 192 * b + 320 * n, which is
    // no less, as n is at most b. A block is read whole before its first word is written.
    internal int Sift(Span<byte> bytes)
    {
        Debug.Assert(bytes.Length % Room == 0, "Whole blocks only: loads and stores are unchecked.");
        int blocks = bytes.Length / Room;
        int kept = vectorBits switch
        {
            512 => Sift<Words512>(bytes, blocks),
            256 => Sift<Two<Words256>>(bytes, blocks),
            128 => Sift<Two<Two<Words128>>>(bytes, blocks),
            _ => SiftPlainly(bytes, blocks),
        };
        CryptographicOperations.ZeroMemory(bytes[(kept * sizeof(ushort))..]);
        return kept;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]   // as in SymbolEncoder
    private static int Sift<TWords>(Span<byte> bytes, int blocks)
        where TWords : struct, IWords<TWords>
    {
        TWords upperTen = TWords.Repeat(0xFFC0);
        ref byte random = ref MemoryMarshal.GetReference(bytes[(blocks * (Room - RandomBytes))..]);
        ref ushort words = ref Unsafe.As<byte, ushort>(ref MemoryMarshal.GetReference(bytes));
        nint kept = 0;
        for (int block = 0; block < blocks; block++)
        {
            TWords a = TWords.Load(ref random);
            TWords b = TWords.Load(ref Unsafe.Add(ref random, PlaneBytes));
            TWords c = TWords.Load(ref Unsafe.Add(ref random, 2 * PlaneBytes));
            TWords d = TWords.Load(ref Unsafe.Add(ref random, 3 * PlaneBytes));
            TWords e = TWords.Load(ref Unsafe.Add(ref random, 4 * PlaneBytes));
            random = ref Unsafe.Add(ref random, RandomBytes);
            kept += Keep(a & upperTen, ref Unsafe.Add(ref words, kept));
            kept += Keep(b & upperTen, ref Unsafe.Add(ref words, kept));
            kept += Keep(c & upperTen, ref Unsafe.Add(ref words, kept));
            kept += Keep(d & upperTen, ref Unsafe.Add(ref words, kept));
            kept += Keep(e & upperTen, ref Unsafe.Add(ref words, kept));

            // aaaaaabbbb, bbccccccdd, ddddeeeeee: the lower six bits of each.
            kept += Keep((a << 10) | ((b << 4) & TWords.Repeat(0x03C0)), ref Unsafe.Add(ref words, kept));
            kept += Keep((b << 14) | ((c << 8) & TWords.Repeat(0x3F00)) | ((d << 2) & TWords.Repeat(0x00C0)), ref Unsafe.Add(ref words, kept));
            kept += Keep((d << 12) | ((e << 6) & TWords.Repeat(0x0FC0)), ref Unsafe.Add(ref words, kept));
        }

        return (int)kept;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Keep<TWords>(TWords groups, ref ushort words)
        where TWords : struct, IWords<TWords> =>
        groups.StoreUnlessLess(groups * TWords.Repeat(Triples), TWords.Repeat(LeftOut), ref words);

    /// <summary>The plain reading, which the vectors must agree with.</summary>
    private static int SiftPlainly(Span<byte> bytes, int blocks)
    {
        Span<byte> random = bytes[(blocks * (Room - RandomBytes))..];
        Span<ushort> groups = stackalloc ushort[Groups * SymbolEncoder.BlockWords];
        int kept = 0;
        for (; !random.IsEmpty; random = random[RandomBytes..])
        {
            for (int lane = 0; lane < SymbolEncoder.BlockWords; lane++)
                ReadLane(random[(lane * sizeof(ushort))..], groups[lane..]);
            foreach (ushort group in groups)
            {
                if ((ushort)(group * Triples) >= LeftOut)
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes[(kept++ * sizeof(ushort))..], group);
            }
        }

        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(groups));
        return kept;
    }

    private static void ReadLane(ReadOnlySpan<byte> words, Span<ushort> groups)
    {
        int tails = 0;
        for (int plane = 0; plane < Planes; plane++)
        {
            int word = BinaryPrimitives.ReadUInt16LittleEndian(words[(plane * PlaneBytes)..]);
            groups[plane * SymbolEncoder.BlockWords] = (ushort)(word >> TailBits << TailBits);
            tails = (tails << TailBits) | (word & ((1 << TailBits) - 1));
        }

        // Three groups in 30 bits; each goes to the upper bits of a word, and what is above it is cut off.
        for (int group = Groups - 1; group >= Planes; group--, tails >>= GroupBits)
            groups[group * SymbolEncoder.BlockWords] = (ushort)(tails << TailBits);
    }
}
