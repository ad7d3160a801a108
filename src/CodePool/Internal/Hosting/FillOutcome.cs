namespace CodePool.Internal.Hosting;

/// <param name="Available">Available codes afterwards.</param>
/// <param name="Exhausted">Whether new codes can hardly be drawn any more.</param>
/// <param name="RefusedShare">The share of drawn codes that were refused as duplicates.</param>
internal readonly record struct FillOutcome(long Available, bool Exhausted, double RefusedShare);
