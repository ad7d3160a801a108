using System.Runtime.CompilerServices;
using CodePool.Providers;

namespace CodePool.Internal.Taking;

/// <summary>Journaled: what was popped is in the journal already, so it may be handed out.</summary>
internal sealed class JournaledSource(TierPops pops) : CodeSource
{
    public override long Taken => pops.Popped;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // A lone take pays for each of its steps' boxes.
    public override async ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
    {
        PopResult pop = await pops.PopAsync(maxCount).ConfigureAwait(false);
        var codes = new string[pop.Codes.Count];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = pop.Codes[i].Code;
        return codes;
    }
}
