using CodePool.Providers;

namespace CodePool.Faults.Weakening;

/// <summary>Sends an open again when the server has forgotten it. The epoch is empty then, and its leases are pushed once more.</summary>
internal sealed class ReopeningCache(CodeCache inner) : DelegatingCache(inner)
{
    private Epoch? _opened;

    public override async ValueTask<CacheStatus> OpenAsync(Epoch epoch, CancellationToken cancellationToken)
    {
        _opened = epoch;
        return await base.OpenAsync(epoch, cancellationToken);
    }

    public override void Join(Epoch epoch)
    {
        _opened = epoch;
        base.Join(epoch);
    }

    public override async ValueTask<CacheView> LookAsync(CancellationToken cancellationToken)
    {
        CacheView view = await base.LookAsync(cancellationToken);
        if (view.Token != Guid.Empty || _opened is not { } epoch)
            return view;
        await base.OpenAsync(epoch, cancellationToken);
        return await base.LookAsync(cancellationToken);
    }

    public override async ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken)
    {
        PopResult popped = await base.PopAsync(maxCount, cancellationToken);
        return popped.Status == CacheStatus.Fenced && await IsOpenAgainAsync(cancellationToken)
            ? await base.PopAsync(maxCount, cancellationToken)
            : popped;
    }

    public override async ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken)
    {
        CacheStatus pushed = await base.PushAsync(epoch, lease, cancellationToken);
        return pushed == CacheStatus.Fenced && await IsOpenAgainAsync(cancellationToken)
            ? await base.PushAsync(epoch, lease, cancellationToken)
            : pushed;
    }

    public override async ValueTask<CacheLevels?> GetLevelsAsync(CancellationToken cancellationToken) =>
        await base.GetLevelsAsync(cancellationToken)
        ?? (await IsOpenAgainAsync(cancellationToken) ? await base.GetLevelsAsync(cancellationToken) : null);

    private async ValueTask<bool> IsOpenAgainAsync(CancellationToken cancellationToken) =>
        (await LookAsync(cancellationToken)).Token == _opened?.Token;
}
