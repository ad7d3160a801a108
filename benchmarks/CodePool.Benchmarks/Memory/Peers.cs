using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace CodePool.Benchmarks.Memory;

/// <summary>What people take ready-made values from, filled before each measurement.</summary>
internal abstract class Peer
{
    public abstract void Fill(string[] codes);

    public abstract ValueTask<string?> TakeAsync();
}

internal sealed class QueuePeer : Peer
{
    private ConcurrentQueue<string> _queue = new();

    public override void Fill(string[] codes) => _queue = new ConcurrentQueue<string>(codes);

    public override ValueTask<string?> TakeAsync() => new(_queue.TryDequeue(out string? code) ? code : null);
}

internal sealed class ChannelPeer : Peer
{
    private Channel<string> _channel = Channel.CreateBounded<string>(1);

    public override void Fill(string[] codes)
    {
        _channel = Channel.CreateBounded<string>(codes.Length);
        foreach (string code in codes)
            _channel.Writer.TryWrite(code);
    }

    public override ValueTask<string?> TakeAsync() => new(_channel.Reader.TryRead(out string? code) ? code : null);
}

internal sealed class LockPeer : Peer
{
    private readonly Lock _lock = new();
    private string[] _codes = [];
    private int _next;

    public override void Fill(string[] codes) => (_codes, _next) = (codes, 0);

    public override ValueTask<string?> TakeAsync()
    {
        lock (_lock)
            return new(_next < _codes.Length ? _codes[_next++] : null);
    }
}

/// <summary>The algorithm of uid-generator's RingBuffer: a cursor, and a flag a slot that says whether it may be taken.</summary>
internal sealed class RingPeer : Peer
{
    private const int CanTake = 1;
    private const int CanPut = 0;

    private string[] _slots = [];
    private int[] _flags = [];
    private long _tail;
    private long _cursor;

    public override void Fill(string[] codes)
    {
        _slots = codes;
        _flags = [.. Enumerable.Repeat(CanTake, codes.Length)];
        (_cursor, _tail) = (0, codes.Length);
    }

    public override ValueTask<string?> TakeAsync()
    {
        while (true)
        {
            long cursor = Interlocked.Read(ref _cursor);
            if (cursor == Interlocked.Read(ref _tail))
                return new((string?)null);
            if (Interlocked.CompareExchange(ref _cursor, cursor + 1, cursor) != cursor)
                continue;
            int slot = (int)(cursor % _slots.Length);
            if (Volatile.Read(ref _flags[slot]) != CanTake)
                continue;
            string code = _slots[slot];
            Volatile.Write(ref _flags[slot], CanPut);
            return new(code);
        }
    }
}

/// <summary>The algorithm of Leaf's segment buffer: a read lock around an atomic increment.</summary>
internal sealed class LeafPeer : Peer, IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private string[] _codes = [];
    private long _next;

    public override void Fill(string[] codes) => (_codes, _next) = (codes, 0);

    public override ValueTask<string?> TakeAsync()
    {
        _lock.EnterReadLock();
        try
        {
            long index = Interlocked.Increment(ref _next) - 1;
            return new(index < _codes.Length ? _codes[index] : null);
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public void Dispose() => _lock.Dispose();
}

/// <summary>
/// Not for use, but the limit: each thread takes from an array of its own, so nothing is shared, and codes that one thread leaves nobody else gets.
/// Two threads that do not get twice as far as one were not given two processors meanwhile.
/// </summary>
internal sealed class OwnPeer : Peer
{
    private string[] _codes = [];

    [ThreadStatic]
    private static Counter? _own;

    public override void Fill(string[] codes) => _codes = codes;

    public override ValueTask<string?> TakeAsync()
    {
        Counter own = _own ??= new Counter();
        int index = Interlocked.Increment(ref own.Value) - 1;
        return new(index < _codes.Length ? _codes[index] : null);
    }

    /// <summary>Alone on its cache lines.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private sealed class Counter
    {
        [FieldOffset(128)]
        public int Value;
    }
}
