using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodePool.Internal.Generation;

/// <summary>Makes strings of few characters; <c>new string(span)</c> calls a routine for copies of any length, which costs more than the copy.</summary>
internal static class ShortStrings
{
    /// <summary>Cuts characters into strings of one length.</summary>
    /// <param name="characters">As many as the strings have together.</param>
    /// <param name="strings">Takes the strings.</param>
    internal static void Cut(ReadOnlySpan<char> characters, Span<string> strings)
    {
        int length = strings.IsEmpty ? 0 : characters.Length / strings.Length;
        if (length < Vector128<ushort>.Count)
        {
            for (int i = 0; i < strings.Length; i++)
                strings[i] = new string(characters.Slice(i * length, length));
            return;
        }

        ref ushort source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(characters));
        foreach (ref string made in strings)
        {
            made = Copy(ref source, length);
            source = ref Unsafe.Add(ref source, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static string Copy(ref ushort source, int length)
    {
        // Written to before anybody else can have seen it, as string.Create does.
        var made = new string('\0', length);
        ref ushort destination = ref Unsafe.As<char, ushort>(ref Unsafe.AsRef(in made.GetPinnableReference()));
        nuint last = (nuint)(length - Vector128<ushort>.Count);
        for (nuint i = 0; i < last; i += (nuint)Vector128<ushort>.Count)
            Vector128.LoadUnsafe(ref source, i).StoreUnsafe(ref destination, i);

        // The last eight characters: some may have been written already.
        Vector128.LoadUnsafe(ref source, last).StoreUnsafe(ref destination, last);
        return made;
    }
}
