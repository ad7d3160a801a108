using System.Collections;

namespace CodePool.Internal.InMemory;

/// <summary>Runs of numbers that do not touch each other, ascending: what was returned.</summary>
internal sealed class RangeList : IEnumerable<NumberRange>
{
    private readonly List<NumberRange> _runs;

    public RangeList() => _runs = [];

    private RangeList(IEnumerable<NumberRange> runs) => _runs = [.. runs];

    /// <summary>Numbers in all runs.</summary>
    public long Count { get; private set; }

    public RangeList Copy() => new(_runs) { Count = Count };

    public bool Contains(long number) => _runs.Exists(run => run.Contains(number));

    /// <summary>Adds a run that overlaps none, and joins it with its neighbours: few runs make few leases.</summary>
    public void Add(NumberRange run)
    {
        Count += run.Count;
        int place = _runs.FindIndex(other => other.First > run.First);
        place = place < 0 ? _runs.Count : place;
        if (place < _runs.Count && _runs[place].First == run.Last + 1)
        {
            run = run with { Last = _runs[place].Last };
            _runs.RemoveAt(place);
        }

        if (place > 0 && _runs[place - 1].Last == run.First - 1)
            _runs[place - 1] = run with { First = _runs[place - 1].First };
        else
            _runs.Insert(place, run);
    }

    /// <summary>Cuts numbers out of the one run that holds them all.</summary>
    public void Remove(NumberRange cut)
    {
        int place = _runs.FindIndex(run => run.Contains(cut.First));
        NumberRange run = _runs[place];
        _runs.RemoveAt(place);
        Count -= cut.Count;
        if (cut.Last < run.Last)
            _runs.Insert(place, new NumberRange(cut.Last + 1, run.Last));
        if (run.First < cut.First)
            _runs.Insert(place, new NumberRange(run.First, cut.First - 1));
    }

    public void Clear()
    {
        _runs.Clear();
        Count = 0;
    }

    public IEnumerator<NumberRange> GetEnumerator() => _runs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
