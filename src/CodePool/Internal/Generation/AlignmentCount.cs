namespace CodePool.Internal.Generation;

/// <summary>How many different random parts a typed text can be read as.</summary>
internal enum AlignmentCount
{
    None,
    One,
    Many,
}
