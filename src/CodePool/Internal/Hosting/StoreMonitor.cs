using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>Keeps the store above its threshold. The outcome of a pass says whether the store has codes.</summary>
internal sealed class StoreMonitor(
    string pool, CodeStore store, StoreFiller filler, StoreOpening opening, Recovery recovery,
    CodeFormat format, CodePoolOptions options, TimeProvider time, ILogger logger)
    : BackgroundLoop<bool>(pool, options.MonitorInterval, time, logger)
{
    /// <summary>Above this share of refused codes the keyspace is filling up: said once in the log, and degraded in the health check.</summary>
    public const double HighRefusedShare = 0.5;

    /// <summary>Above one in a million a guess is likely to hit.</summary>
    public const double MaxGuessProbability = 1e-6;

    private readonly ILogger _logger = logger;
    private bool _guessable;

    /// <summary>Whether the format has (almost) no new codes left.</summary>
    public bool KeyspaceExhausted { get; private set; }

    /// <summary>Whether more than half of the codes drawn last were refused.</summary>
    public bool KeyspaceFilling { get; private set; }

    /// <summary>Whether so many codes have been generated that a guess hits with more than one in a million.</summary>
    public bool Guessable => _guessable && !options.AllowGuessableCodes;

    /// <summary>The store's levels, when last seen.</summary>
    public StoreLevels? Levels { get; private set; }

    /// <summary>Available codes, when last seen.</summary>
    public long Available { get; private set; }

    protected override async Task<bool> PassAsync(CancellationToken stopping)
    {
        await opening.EnsureAsync(stopping).ConfigureAwait(false);
        StoreLevels levels = await store.GetLevelsAsync(stopping).ConfigureAwait(false);
        Levels = levels;
        Available = levels.Available;
        CheckGuesses(levels.Generated);
        if (levels.Available >= options.StoreMinThreshold)
            return true;

        // Nothing was drawn because nothing is left: no need to try every second.
        if (KeyspaceExhausted && format.Keyspace <= levels.Generated)
            return levels.Available > 0;

        FillOutcome outcome = await filler.FillAsync(options.StoreTargetSize, null, stopping).ConfigureAwait(false);
        Available = outcome.Available;
        Judge(outcome);
        return outcome.Available > 0;
    }

    protected override Task AnswerAsync(StoreRewoundException rewound, CancellationToken stopping) =>
        recovery.AnswerAsync(rewound, stopping);

    private void Judge(FillOutcome outcome)
    {
        if (outcome.Exhausted && !KeyspaceExhausted)
            _logger.KeyspaceExhausted(PoolName);
        else if (outcome.RefusedShare > HighRefusedShare && !KeyspaceFilling)
            _logger.KeyspaceFilling(PoolName, outcome.RefusedShare);
        KeyspaceExhausted = outcome.Exhausted;
        KeyspaceFilling = outcome.RefusedShare > HighRefusedShare;
    }

    private void CheckGuesses(long generated)
    {
        bool guessable = format.GuessProbability(generated) > MaxGuessProbability;
        if (guessable && !_guessable && !options.AllowGuessableCodes)
            _logger.GuessLikely(PoolName, format.GuessProbability(generated));
        _guessable = guessable;
    }
}
