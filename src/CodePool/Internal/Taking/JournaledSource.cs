using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Internal.Taking;

/// <summary>Journaled: what was popped is in the journal already, so it may be handed out.</summary>
internal sealed class JournaledSource(InProcessCache cache) : CodeSource
{
    public override long Taken => cache.Taken;

    public override async ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
    {
        PopResult pop = await cache.PopAsync(maxCount, CancellationToken.None).ConfigureAwait(false);
        var codes = new string[pop.Codes.Count];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = pop.Codes[i].Code;
        return codes;
    }
}
