using CodePool.Internal.Hosting;
using CodePool.Internal.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health checks of pools.</summary>
public static class CodePoolHealthChecksExtensions
{
    /// <summary>
    /// Adds a health check for every pool of the host, named <c>codepool-</c> and the pool's name. Degraded: codes are handed
    /// out, but something needs a look. Unhealthy: a take would fail now. Costs the store nothing.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="tags">Tags of each check.</param>
    public static IHealthChecksBuilder AddCodePool(this IHealthChecksBuilder builder, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        string[] all = [.. tags ?? []];

        // When the checks are built, not now: pools may be added after this call.
        builder.Services.AddSingleton<IConfigureOptions<HealthCheckServiceOptions>>(
            new ConfigureOptions<HealthCheckServiceOptions>(options => Register(options, builder.Services, all)));
        return builder;
    }

    private static void Register(HealthCheckServiceOptions options, IServiceCollection services, string[] tags)
    {
        foreach (string name in services.Where(s => s.ServiceType == typeof(PoolRuntime)).Select(s => (string)s.ServiceKey!))
        {
            options.Registrations.Add(new HealthCheckRegistration(
                $"codepool-{name}",
                provider => new PoolHealthCheck(provider.GetRequiredKeyedService<PoolRuntime>(name)),
                HealthStatus.Unhealthy,
                tags));
        }
    }
}
