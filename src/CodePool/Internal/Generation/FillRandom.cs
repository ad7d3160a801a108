namespace CodePool.Internal.Generation;

/// <summary>Fills all of the destination with independent, uniformly distributed random bytes.</summary>
internal delegate void FillRandom(Span<byte> destination);
