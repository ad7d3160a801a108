namespace CodePool;

/// <summary>What the store knows about one code. It does not hold the code itself: codes are bearer secrets.</summary>
/// <param name="State">Where the code is in its life.</param>
/// <param name="CreatedAt">When it was generated.</param>
/// <param name="UpdatedAt">When it was last written: for a Used code, when it was marked.</param>
public sealed record CodeInfo(CodeState State, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
