using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>One lease in the process's memory: an array of codes and a cursor. What lies below the cursor has been taken.</summary>
internal sealed class Segment(Epoch epoch, Lease lease)
{
    /// <summary>Above any length, and far enough from overflow for late increments.</summary>
    private const int Sealed = int.MaxValue / 2;

    /// <summary>So that no number of threads, each between its look and its step, moves the cursor of a sealed segment past the end of its type.</summary>
    private const int MostAtOnce = 1 << 16;

    /// <summary>A <see cref="Mark"/> that no take passes.</summary>
    public const int NoMark = int.MaxValue;

    // Not the lease itself, which may hold its codes in a larger list.
    private readonly string[] _codes = lease.Codes as string[] ?? [.. lease.Codes];
    private readonly long _first = lease.First;
    private PaddedCursor _cursor;
    private int _shown = -1;

    public Epoch Epoch => epoch;

    public long LeaseNumber { get; } = lease.Number;

    /// <summary>Codes whose mark has reached the store: a prefix, since marking follows the cursor. Owned by the marker.</summary>
    public int Marked { get; private set; }

    /// <summary>Whether an earlier look found it popped empty: the grace for claims under way.</summary>
    public bool SeenEmpty { get; set; }

    /// <summary>Whether what nobody has seen of it is to be given back.</summary>
    public bool IsRetired { get; set; }

    /// <summary>The index from which on a take looks how much is left in all.</summary>
    public int Mark = NoMark;

    /// <summary>Codes handed out so far, or when it was sealed.</summary>
    public int Shown => _shown >= 0 ? _shown : Math.Min(Volatile.Read(ref _cursor.Value), _codes.Length);

    public int Remaining => Volatile.Read(ref _cursor.Value) >= Sealed ? 0 : _codes.Length - Shown;

    /// <summary>The number of the first code that nobody has seen; only after <see cref="Seal"/>.</summary>
    public long UnseenFrom => _first + _shown;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // See InProcessCache.TryTake.
    public bool TryTake([NotNullWhen(true)] out string? code, out bool passedMark)
    {
        code = null;
        passedMark = false;
        string[] codes = _codes;

        // The look before the increment keeps the cursor of an empty segment from running away.
        if (Volatile.Read(ref _cursor.Value) >= codes.Length)
            return false;

        // Promise 1, in one instruction: no two threads get the same index.
        int index = Interlocked.Increment(ref _cursor.Value) - 1;
        if ((uint)index >= (uint)codes.Length)
            return false;

        passedMark = index >= Volatile.Read(ref Mark);
        code = codes[index];
        return true;
    }

    /// <summary>Takes up to <paramref name="maxCount"/> at once, as one step of the same cursor.</summary>
    /// <returns>Whether they pass the mark.</returns>
    public bool TakeUpTo(int maxCount, List<LeasedCode> taken)
    {
        int count = Step(maxCount, out int start, out bool passedMark);
        for (int index = start; index < start + count; index++)
            taken.Add(CodeAt(index));
        return passedMark;
    }

    /// <summary>Takes as many as have room at once, as one step of the same cursor.</summary>
    /// <returns>How many there were.</returns>
    public int TakeUpTo(Span<string> taken, out bool passedMark)
    {
        int count = Step(taken.Length, out int start, out passedMark);
        _codes.AsSpan(start, count).CopyTo(taken);
        return count;
    }

    /// <summary>
    /// Closes the segment with one atomic exchange: whoever increments afterwards gets an index past the end, so nothing
    /// from <see cref="UnseenFrom"/> on was ever shown, nor will be.
    /// </summary>
    public void Seal()
    {
        int before = Interlocked.Exchange(ref _cursor.Value, Sealed);
        if (before < Sealed)
            _shown = Math.Min(before, _codes.Length);
    }

    /// <summary>Adds taken codes that are not marked yet, up to <paramref name="maxCount"/> in the list.</summary>
    public void ReadJournal(List<LeasedCode> journal, int maxCount)
    {
        int end = (int)Math.Min(Shown, Marked + (long)maxCount - journal.Count);
        for (int index = Marked; index < end; index++)
            journal.Add(CodeAt(index));
    }

    /// <summary>Moves the marked prefix over these numbers, if they are what follows it: a repeated trim changes nothing.</summary>
    public void TrimJournal(long first, int count)
    {
        if (first == _first + Marked && Marked + count <= Shown)
            Marked += count;
    }

    /// <summary>Moves the cursor over up to <paramref name="maxCount"/> codes, which are the caller's from then on.</summary>
    /// <returns>How many they are, from <paramref name="start"/> on.</returns>
    private int Step(int maxCount, out int start, out bool passedMark)
    {
        (start, passedMark) = (0, false);
        maxCount = Math.Min(maxCount, Math.Min(MostAtOnce, _codes.Length));

        // As in TryTake: the cursor of an empty segment does not run away.
        if (maxCount == 0 || Volatile.Read(ref _cursor.Value) >= _codes.Length)
            return 0;

        // Promise 1, in one instruction: what the cursor has passed by this step, no other step passes. A sealed one is past the end.
        int before = Interlocked.Add(ref _cursor.Value, maxCount) - maxCount;
        int count = Math.Min(maxCount, _codes.Length - before);
        if (count <= 0)
            return 0;
        passedMark = before + count > Volatile.Read(ref Mark);
        start = before;
        return count;
    }

    private LeasedCode CodeAt(int index) => new(LeaseNumber, _first + index, _codes[index]);
}
