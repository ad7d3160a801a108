namespace CodePool.Postgres.Internal;

/// <summary>What the pool's record says.</summary>
internal sealed record AuditCounters(
    long LeasedTo, long FilledTo, long SettledUsed, long SettledUnconfirmed, long SettledVoid, long Orphans, long Highest);

/// <summary>One range and what its open codes are.</summary>
internal sealed record AuditRange(long First, long Last, int Place)
{
    public const int Available = 0;
    public const int Leased = 1;
    public const int Settled = 2;
}

/// <summary>Codes of one status whose number is at or above the start of that range (counted from 1; 0: below all), inside it or beyond its end.</summary>
internal sealed record AuditCount(int Range, short Status, bool? Inside, long Codes);
