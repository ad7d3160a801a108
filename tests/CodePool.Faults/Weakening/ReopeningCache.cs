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
        if (view.Token != Guid.Empty || _opened is null)
            return view;
        await base.OpenAsync(_opened, cancellationToken);
        return await base.LookAsync(cancellationToken);
    }
}
