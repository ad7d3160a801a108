using System.Runtime.CompilerServices;

namespace CodePool.Internal.Taking;

/// <summary>
/// Awaited, it goes on from the thread pool's global queue, after what this thread has queued for itself. (Task.Yield would follow the
/// caller's synchronization context, and a forced yield goes to this thread's own queue, which runs it first.)
/// </summary>
internal readonly struct BackOfTheLine : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public BackOfTheLine GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
