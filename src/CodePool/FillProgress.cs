namespace CodePool;

/// <summary>How far a fill has come.</summary>
/// <param name="Available">Available codes now.</param>
/// <param name="Target">Available codes wanted.</param>
/// <param name="Stored">Codes stored by this fill so far.</param>
/// <param name="Refused">Codes refused as duplicates by this fill so far, and drawn again.</param>
public readonly record struct FillProgress(long Available, long Target, long Stored, long Refused);
