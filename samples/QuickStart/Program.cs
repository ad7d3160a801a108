using CodePool;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QuickStart;
using Spectre.Console;

if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(Settings.Help);
    return 0;
}

if (!Settings.TryRead(args, out Settings settings, out string fault))
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(Settings.Help);
    return 2;
}

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // A refusal is said below, in one line.

// The whole set-up: a pool, and where it lives.
builder.Services
    .AddCodePool(options => options.Consistency = settings.Consistency)
    .UseSqlite(settings.Database);

using IHost host = builder.Build();
try
{
    await host.StartAsync();
}
catch (CodePoolException refused)
{
    AnsiConsole.MarkupLineInterpolated($"[red]{refused.Message}[/]");
    return 1;
}

var pool = host.Services.GetRequiredService<ICodePool>();
var operations = host.Services.GetRequiredService<ICodePoolOperations>();
CancellationToken stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
var report = new Report(pool, settings);

report.Title();
CodePoolLevels before = await pool.GetLevelsAsync(stopping);
Rates rates = await Filling.RunAsync(pool, operations, stopping);
CodePoolLevels filled = await pool.GetLevelsAsync(stopping);
rates = await Taking.RunAsync(pool, settings, rates, stopping);
CodePoolLevels taken = await pool.GetLevelsAsync(stopping);

// The clean stop marks what was taken and gives back what nobody has seen.
await host.StopAsync(CancellationToken.None);
CodePoolLevels stopped = await pool.GetLevelsAsync(CancellationToken.None);
CodePoolAudit audit = await operations.AuditAsync(CancellationToken.None);

Report.Levels(("at the start", before), ("filled", filled), ("taken", taken), ("stopped", stopped));
report.Rates(rates);
Report.Audit(audit);
return audit.IsExact ? 0 : 1;
