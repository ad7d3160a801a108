namespace CodePool.Internal.InMemory;

/// <summary>One code. A class, not a record: a record would print the code.</summary>
internal sealed class CodeRow(long number, string code, CodeStatus status, DateTimeOffset now)
{
    public long Number { get; } = number;

    public string Code { get; } = code;

    public CodeStatus Status { get; set; } = status;

    public DateTimeOffset CreatedAt { get; private init; } = now;

    public DateTimeOffset UpdatedAt { get; private set; } = now;

    /// <summary>The confirming operation that made it Used; null after a mark, so that no operation can claim it.</summary>
    public Guid? Operation { get; private set; }

    /// <summary>Makes it Used, for good.</summary>
    public void Use(DateTimeOffset now, Guid? operation = null) =>
        (Status, UpdatedAt, Operation) = (CodeStatus.Used, now, operation);

    public CodeRow Copy() => new(Number, Code, Status, CreatedAt) { UpdatedAt = UpdatedAt, Operation = Operation };
}
