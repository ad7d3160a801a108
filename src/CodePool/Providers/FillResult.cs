namespace CodePool.Providers;

/// <summary>What one batch came to.</summary>
/// <param name="Drawn">Codes drawn and looked at; spare ones that were not needed do not count.</param>
/// <param name="Stored">Codes of them stored; the others were duplicates, of the batch or of the store.</param>
/// <param name="Available">Available codes after the batch.</param>
/// <param name="Generated">Codes ever stored, after the batch.</param>
public readonly record struct FillResult(int Drawn, int Stored, long Available, long Generated)
{
    /// <summary>Codes the unique constraint, or the batch itself, refused.</summary>
    public int Refused => Drawn - Stored;
}
