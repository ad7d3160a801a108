using CodePool.Providers;

namespace CodePool.Faults.Weakening;

/// <summary>Repeats a push that got no reply, without asking whether it has arrived.</summary>
internal sealed class RepeatingPushCache(CodeCache inner) : DelegatingCache(inner)
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public override async ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await base.PushAsync(epoch, lease, cancellationToken);
            }
            catch (CodePoolCacheUnavailableException) when (attempt < Attempts)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
