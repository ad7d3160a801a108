using CodePool.Internal.Hosting;
using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>A jump of epoch numbers tells of a recovery.</summary>
public sealed class HighestSeenTests
{
    private const long Jump = 1L << 20;

    [Fact]
    public void A_jump_tells_also_who_knew_of_epochs_that_the_store_and_the_others_had_forgotten()
    {
        List<long> recovered = [];
        var highest = new HighestSeen { OnRecovered = recovered.Add };
        highest.SawEpoch(8);
        highest.SawEpoch(9);
        Assert.Empty(recovered);

        // The backup and those who recovered it knew of five.
        highest.SawEpoch(5 + Jump);
        highest.SawEpoch(6 + Jump);

        Assert.Equal([9], recovered);
    }

    [Fact]
    public async Task Nobody_goes_on_with_an_epoch_from_after_a_recovery_before_what_was_confirmed_earlier_is_dropped()
    {
        var highest = new HighestSeen();
        Task next = Task.CompletedTask;
        bool waited = false;
        highest.OnRecovered = _ =>
        {
            next = Task.Run(() => highest.SawEpoch(2 + Jump));
            waited = !next.Wait(TimeSpan.FromMilliseconds(200));
        };
        highest.SawEpoch(1);
        highest.SawEpoch(1 + Jump);

        Assert.True(waited);
        await Eventually.CompletesAsync(next);
    }
}
