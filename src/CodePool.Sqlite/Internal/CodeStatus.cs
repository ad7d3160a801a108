namespace CodePool.Sqlite.Internal;

/// <summary>What a code's own row says; where an open code is follows from the ranges, and is stored nowhere twice.</summary>
internal enum CodeStatus
{
    Open,
    Used,
    Void,
}
