using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodePool.Internal.Generation;

/// <summary>Writes some words of a vector one after another, on machines without an instruction for it.</summary>
internal static class PackedWords
{
    /// <summary>For every set of eight words, 16 bytes: which bytes of a vector to take so that the words of the set come first, in their order.</summary>
    private static readonly byte[] Orders = MakeOrders();

    /// <summary>Writes the words whose bit is set, and returns how many; eight words are overwritten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Store(Vector128<ushort> words, byte which, ref ushort destination)
    {
        Vector128<byte> order = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Orders), (nuint)which * (nuint)Vector128<byte>.Count);
        Vector128.ShuffleNative(words.AsByte(), order).AsUInt16().StoreUnsafe(ref destination);
        return BitOperations.PopCount(which);
    }

    private static byte[] MakeOrders()
    {
        byte[] orders = new byte[256 * Vector128<byte>.Count];
        for (int which = 0; which < 256; which++)
        {
            int place = which * Vector128<byte>.Count;
            for (int word = 0; word < Vector128<ushort>.Count; word++)
            {
                if ((which >> word & 1) == 0)
                    continue;
                orders[place++] = (byte)(2 * word);
                orders[place++] = (byte)((2 * word) + 1);
            }
        }

        return orders;
    }
}
