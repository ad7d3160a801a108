namespace CodePool.Internal.Taking;

/// <summary>
/// Resumes callers who were served together, each from the bottom of a pool thread's stack, without a work item for each: as many threads as are
/// free share the row.
/// </summary>
internal sealed class Resumption(TakeRequest[] served) : IThreadPoolWorkItem
{
    /// <summary>After so many, whatever else waits in the thread pool has its turn.</summary>
    private const int Slice = 64;

    private int _next;

    public void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);

    public void Execute()
    {
        // The next thread is asked for before anybody's code runs here: that code may block, and those behind it shall not wait for it. So as
        // long as somebody is left, a work item is waiting, and the thread pool adds threads for it as for any other.
        if (Volatile.Read(ref _next) < served.Length - 1)
            Queue();
        ExecutionContext? clean = ExecutionContext.Capture();
        for (int i = 0; i < Slice; i++)
        {
            // Each caller belongs to the thread that got its index.
            int index = Interlocked.Increment(ref _next) - 1;
            if (index >= served.Length)
                return;
            served[index].Execute();

            // What one caller leaves on the thread is not the next one's; the thread pool does the same between work items.
            if (clean is not null)
                ExecutionContext.Restore(clean);
            if (SynchronizationContext.Current is not null)
                SynchronizationContext.SetSynchronizationContext(null);
        }
    }
}
