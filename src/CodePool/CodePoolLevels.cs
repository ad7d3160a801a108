namespace CodePool;

/// <summary>
/// How many codes of a pool are where. All but <see cref="Cached"/> are one snapshot of the store, in which
/// <c>Generated = Available + Leased + Used + Unconfirmed + Void</c> holds exactly.
/// </summary>
/// <param name="Cached">Codes ready in the cache this process takes from; part of <paramref name="Leased"/>, read at another moment.</param>
/// <param name="Generated">Codes ever stored.</param>
/// <param name="Available">Codes free to be leased.</param>
/// <param name="Leased">Codes out with an open epoch: cached anywhere, or taken and not yet marked.</param>
/// <param name="Used">Codes marked Used.</param>
/// <param name="Unconfirmed">Codes whose fate is unknown; never handed out again.</param>
/// <param name="Void">Codes withdrawn by the operator.</param>
public sealed record CodePoolLevels(
    long Cached,
    long Generated,
    long Available,
    long Leased,
    long Used,
    long Unconfirmed,
    long Void);
