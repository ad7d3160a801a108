namespace CodePool.Internal.InMemory;

/// <summary>The codes of a pool, by number and by text; both are unique.</summary>
internal sealed class CodeTable
{
    private readonly Dictionary<long, CodeRow> _byNumber = [];
    private readonly Dictionary<string, CodeRow> _byCode = new(StringComparer.Ordinal);

    public IReadOnlyCollection<CodeRow> Rows => _byNumber.Values;

    public CodeRow? Find(string code) => _byCode.GetValueOrDefault(code);

    public CodeRow? Find(long number) => _byNumber.GetValueOrDefault(number);

    /// <summary>The row with that number, if it also holds that code.</summary>
    public CodeRow? Find(long number, string code) =>
        Find(number) is { } row && row.Code == code ? row : null;

    public int CountIn(NumberRange range, CodeStatus status) =>
        range.Numbers().Count(number => Find(number)?.Status == status);

    /// <summary>The codes of a run, ascending; null unless every one is there and open.</summary>
    public string[]? ReadOpen(NumberRange run)
    {
        var codes = new string[run.Count];
        foreach (long number in run.Numbers())
        {
            if (Find(number) is not { Status: CodeStatus.Open } row)
                return null;
            codes[number - run.First] = row.Code;
        }

        return codes;
    }

    public void Add(CodeRow row)
    {
        // The unique constraint comes first: it must refuse before anything has changed.
        _byCode.Add(row.Code, row);
        _byNumber.Add(row.Number, row);
    }

    public void Remove(CodeRow row)
    {
        _byCode.Remove(row.Code);
        _byNumber.Remove(row.Number);
    }

    public CodeTable Copy()
    {
        var copy = new CodeTable();
        foreach (CodeRow row in Rows)
            copy.Add(row.Copy());
        return copy;
    }
}
