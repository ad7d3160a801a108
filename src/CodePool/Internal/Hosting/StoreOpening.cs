using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>Opens the store once, before anything else touches it, and again as long as it fails.</summary>
internal sealed class StoreOpening(CodeStore store, PoolDefinition definition, ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private volatile PoolRecord? _record;

    /// <summary>Opens the store unless it is open.</summary>
    /// <exception cref="CodePoolConfigurationException">A person must mend it.</exception>
    /// <exception cref="CodePoolStoreUnavailableException">It may pass.</exception>
    public ValueTask<PoolRecord> EnsureAsync(CancellationToken cancellationToken) =>
        _record is { } record ? new(record) : OpenAsync(cancellationToken);

    public void Dispose() => _gate.Dispose();

    private async ValueTask<PoolRecord> OpenAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_record is { } opened)
                return opened;
            PoolRecord record = await store.OpenAsync(definition, cancellationToken).ConfigureAwait(false);
            logger.StoreOpened(definition.Name, store.GetType().Name, record.Generated);
            return _record = record;
        }
        finally
        {
            _gate.Release();
        }
    }
}
