using CodePool.Postgres.Internal;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Postgres.Tests;

/// <summary>How long no second connection is asked for.</summary>
public sealed class SecondHalfPauseTests
{
    private static readonly CodePoolException Refusal = new CodePoolStoreUnavailableException("pool", "refused");

    private readonly FakeTimeProvider _time = new();
    private readonly SecondHalfPause _pause;

    public SecondHalfPauseTests() => _pause = new SecondHalfPause(_time);

    [Fact]
    public void It_doubles_up_to_a_minute_and_begins_anew_when_a_second_half_is_stored()
    {
        Assert.False(_pause.IsOn);
        foreach (int seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
            AssertLasts(TimeSpan.FromSeconds(seconds));
        _pause.End();
        Assert.Null(_pause.Reason);
        AssertLasts(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void One_that_is_stored_ends_it_at_once()
    {
        _pause.Begin(Refusal);
        _pause.End();
        Assert.False(_pause.IsOn);
    }

    /// <summary>Of batches that began before it, or of other fillers.</summary>
    [Fact]
    public void Refusals_within_it_make_it_no_longer()
    {
        for (int refusal = 0; refusal < 3; refusal++)
            _pause.Begin(Refusal);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_pause.IsOn);
        AssertLasts(TimeSpan.FromSeconds(2));
    }

    private void AssertLasts(TimeSpan length)
    {
        _pause.Begin(Refusal);
        _time.Advance(length - TimeSpan.FromTicks(1));
        Assert.True(_pause.IsOn);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_pause.IsOn);
        Assert.Same(Refusal, _pause.Reason);
    }
}
