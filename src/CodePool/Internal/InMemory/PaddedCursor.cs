using System.Runtime.InteropServices;

namespace CodePool.Internal.InMemory;

/// <summary>A counter alone on its cache lines: threads that bump it do not slow down the ones that read its neighbours.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedCursor
{
    [FieldOffset(128)]
    public int Value;
}
