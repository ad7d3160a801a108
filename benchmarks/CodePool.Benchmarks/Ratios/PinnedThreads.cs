using System.Runtime.InteropServices;

namespace CodePool.Benchmarks.Ratios;

/// <summary>
/// Threads that begin together, each on a processor of its own. As work items, one was up to 4 ms ahead of the other, or both were on one
/// processor: for that part of 36 ms nobody shared anything, which flattered what does not scale, and halved what does.
/// </summary>
internal static partial class PinnedThreads
{
    /// <returns>What the work has returned on each.</returns>
    public static Task<T[]> RunAsync<T>(int threads, Func<T> work)
    {
        int missing = threads;
        return Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                PinTo(thread);
                Interlocked.Decrement(ref missing);

                // Awake: who has to be woken begins late.
                while (Volatile.Read(ref missing) > 0)
                    Thread.SpinWait(1);
                return work();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }

    private static void PinTo(int processor)
    {
        if (OperatingSystem.IsLinux() && processor < Environment.ProcessorCount)
            _ = SetAffinity(0, sizeof(ulong), 1UL << processor);
    }

    /// <param name="thread">0: this one.</param>
    /// <param name="size">Bytes of the mask.</param>
    /// <param name="processors">A bit for each.</param>
    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint size, in ulong processors);
}
