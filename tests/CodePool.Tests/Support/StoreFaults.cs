using System.Collections.Concurrent;

namespace CodePool.Tests.Support;

/// <summary>How a step of the store fails.</summary>
public enum Fault
{
    None,

    /// <summary>The call itself throws.</summary>
    AtOnce,

    /// <summary>It returns a task that has failed.</summary>
    Faulted,

    /// <summary>It fails later, on another thread.</summary>
    AfterYield,

    /// <summary>It does its work, and its reply is lost.</summary>
    ReplyLost,
}

/// <summary>What goes wrong in a store, and what was asked of it.</summary>
internal sealed class StoreFaults
{
    private readonly ConcurrentDictionary<string, int> _calls = new();

    /// <summary>Decides each call, by the name of its step: <c>Lease</c>, <c>Mark</c>.</summary>
    public Func<string, Fault> Choose { get; set; } = _ => Fault.None;

    /// <summary>Runs before each call; may wait.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs after each call has done its work and before it answers; may wait.</summary>
    public Func<string, Task>? After { get; set; }

    /// <summary>All calls so far.</summary>
    public int Calls => _calls.Values.Sum();

    public int CallsOf(string step) => _calls.GetValueOrDefault(step);

    public void Heal() => Choose = _ => Fault.None;

    public void Fail(Fault fault, params string[] steps) =>
        Choose = step => steps.Length == 0 || steps.Contains(step) ? fault : Fault.None;

    /// <summary>Fails the next calls of a step, then heals.</summary>
    public void FailNext(Fault fault, string step, int times = 1)
    {
        int left = times;
        Choose = called => called == step && Interlocked.Decrement(ref left) >= 0 ? fault : Fault.None;
    }

    public void Count(string step) => _calls.AddOrUpdate(step, 1, (_, calls) => calls + 1);
}
