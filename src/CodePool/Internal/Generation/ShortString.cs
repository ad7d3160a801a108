using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodePool.Internal.Generation;

/// <summary>Makes strings of few characters; <c>new string(span)</c> calls a routine for copies of any length, which costs more than the copy.</summary>
internal static class ShortString
{
    internal static string Of(ReadOnlySpan<char> characters)
    {
        if (characters.Length < Vector128<ushort>.Count)
            return new string(characters);

        // Written to before anybody else can have seen it, as string.Create does.
        var made = new string('\0', characters.Length);
        ref ushort source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(characters));
        ref ushort destination = ref Unsafe.As<char, ushort>(ref Unsafe.AsRef(in made.GetPinnableReference()));
        nuint last = (nuint)(characters.Length - Vector128<ushort>.Count);
        for (nuint i = 0; i < last; i += (nuint)Vector128<ushort>.Count)
            Vector128.LoadUnsafe(ref source, i).StoreUnsafe(ref destination, i);

        // The last eight characters: some may have been written already.
        Vector128.LoadUnsafe(ref source, last).StoreUnsafe(ref destination, last);
        return made;
    }
}
