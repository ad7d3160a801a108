using System.Collections.Concurrent;
using CodePool.Internal.Taking;
using CodePool.Tests.Support;

namespace CodePool.Tests.Taking;

/// <summary>Keeps each call until the test answers that one.</summary>
internal sealed class PendingSource : CodeSource
{
    private readonly ConcurrentQueue<Call> _calls = new();

    public override long Taken => 0;

    public int Asked => _calls.Count;

    public override ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
    {
        var call = new Call(maxCount);
        _calls.Enqueue(call);
        return new(call.Task);
    }

    /// <summary>The call of that index, from 0; waits until it is made.</summary>
    public async Task<Call> CallAsync(int index)
    {
        await Eventually.HoldsAsync(() => _calls.Count > index);
        return _calls.ElementAt(index);
    }

    internal sealed class Call(int maxCount)
    {
        private readonly TaskCompletionSource<IReadOnlyList<string>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int MaxCount => maxCount;

        public Task<IReadOnlyList<string>> Task => _answer.Task;

        public void Answer(params string[] codes) => _answer.SetResult(codes);

        public void Answer(int count) => _answer.SetResult([.. Enumerable.Range(0, count).Select(i => $"{i}")]);
    }
}
