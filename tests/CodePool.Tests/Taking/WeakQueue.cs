using CodePool.Internal.Taking;

namespace CodePool.Tests.Taking;

/// <summary>The least of a queue that shares turns, with one protection left out: what the stress test must be able to find.</summary>
internal sealed class WeakQueue(CodeSource source, Func<long, Task, ValueTask<bool>> replenish, WeakQueue.Weakness weakness)
{
    private readonly Lock _lock = new();
    private readonly Queue<string> _undelivered = new();
    private List<Request> _waiting = [];
    private bool _leading;

    internal enum Weakness
    {
        None,

        /// <summary>A code is offered without a look whether the caller has gone.</summary>
        OffersToWhoHasGone,

        /// <summary>A caller who leaves with codes in hand keeps them, and they are offered again.</summary>
        OffersAgain,

        /// <summary>A leader that found nobody ends without looking once more.</summary>
        EndsWithoutLooking,
    }

    public int Undelivered => _undelivered.Count;

    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return !_leading;
        }
    }

    public async ValueTask<IReadOnlyList<string>> TakeAsync(int count, CancellationToken token)
    {
        var request = new Request(count);
        await using CancellationTokenRegistration leaving = token.UnsafeRegister(_ => request.End(), null);
        bool leads;
        lock (_lock)
        {
            _waiting.Add(request);
            leads = !_leading;
            _leading = true;
        }

        if (leads)
            _ = LeadAsync();
        return await request.Codes;
    }

    private async Task LeadAsync()
    {
        while (true)
        {
            List<Request> group;
            lock (_lock)
                (group, _waiting) = (_waiting, []);
            foreach (Request request in group)
                await ServeAsync(request);

            // Long enough for the last callers of a run to come between the look and the end: an earlier loss is made good by who comes next.
            for (int yields = group.Count == 0 ? 200 : 1; yields > 0; yields--)
                await Task.Yield();
            lock (_lock)
            {
                bool end = weakness == Weakness.EndsWithoutLooking ? group.Count == 0 : _waiting.Count == 0;
                if (!end)
                    continue;
                _leading = false;
                return;
            }
        }
    }

    private async ValueTask ServeAsync(Request request)
    {
        try
        {
            while (!request.IsDone)
            {
                IReadOnlyList<string> codes = _undelivered.TryDequeue(out string? left) ? [left] : await source.TakeAsync(request.Missing);
                foreach (string code in codes)
                {
                    if (!request.Offer(code, weakness))
                        _undelivered.Enqueue(code);
                }

                if (codes.Count == 0 && !await replenish(0, Task.CompletedTask))
                    request.End();
            }
        }
        catch (CodePoolException)
        {
            request.End();
        }
    }

    private sealed class Request(int wanted)
    {
        private readonly Lock _lock = new();
        private readonly List<string> _codes = [];
        private readonly TaskCompletionSource<IReadOnlyList<string>> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<string>> Codes => _outcome.Task;

        public bool IsDone => _outcome.Task.IsCompleted;

        public int Missing => Math.Max(1, wanted - _codes.Count);

        public bool Offer(string code, Weakness weakness)
        {
            lock (_lock)
            {
                if (IsDone)
                    return weakness == Weakness.OffersToWhoHasGone || (weakness == Weakness.OffersAgain && _codes.Contains(code));
                _codes.Add(code);
                if (_codes.Count == wanted)
                    _outcome.SetResult([.. _codes]);
                return weakness != Weakness.OffersAgain || _codes.Count % 8 != 0;
            }
        }

        public void End()
        {
            lock (_lock)
                _outcome.TrySetResult([.. _codes]);
        }
    }
}
