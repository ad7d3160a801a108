using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.Faults.Workers;

namespace CodePool.Faults.Scenarios;

/// <summary>Real servers, real workers, and one fault.</summary>
/// <param name="name">Without the consistency.</param>
/// <param name="consistency">The pool's.</param>
internal abstract class Scenario(string name, CodeConsistency consistency)
{
    public string Name { get; } = $"{name}-{(consistency == CodeConsistency.Journaled ? "journaled" : "confirmed")}";

    public PoolSettings Pool => new(consistency, IsDense);

    /// <summary>Whether what the store has forgotten is to be drawn again.</summary>
    protected virtual bool IsDense => false;

    /// <summary>What is done, in one line.</summary>
    public abstract string Description { get; }

    /// <summary>The protections that this is about: without them the fault must show.</summary>
    public abstract IReadOnlyList<string> Off { get; }

    /// <summary>Where the store's own check is one of them: the others, which it does not need.</summary>
    public IReadOnlyList<string>? StoreAlone => Off.Contains(Protection.Status) ? [.. Off.Where(off => off != Protection.Status)] : null;

    /// <summary>Whether taken codes may be lost with Redis before they are marked: they are Unconfirmed then.</summary>
    public virtual bool LosesJournal => false;

    protected bool IsConfirmed => consistency == CodeConsistency.Confirmed;

    /// <summary>Starts servers and workers, lets them take, does the fault, lets them take on.</summary>
    public abstract Task RunAsync(FaultRun run);

    /// <summary>Redis' protections; in Confirmed also the store's, since one of the two suffices.</summary>
    protected IReadOnlyList<string> Redis(params string[] off) => IsConfirmed ? [.. off, Protection.Status] : off;
}
