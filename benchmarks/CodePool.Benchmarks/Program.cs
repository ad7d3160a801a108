using BenchmarkDotNet.Running;
using CodePool.Benchmarks;
using CodePool.Benchmarks.Plots;
using CodePool.Benchmarks.Postgres;
using CodePool.Benchmarks.Ratios;
using CodePool.Benchmarks.Sizes;

// ratios NAME …: ours and what one would write instead, in turn, in one run; a minute or less, but for pipeline: 30 seconds a variant.
// growth SIZE …: what each step costs as the table grows.
if (args is ["growth", .. var sizes])
    return await Growth.RunAsync(sizes);

// sizes NAME …: bytes a code, in each place where codes lie.
if (args is ["sizes", .. var places])
    return await SizeRuns.RunAsync(places);

// plot FILE PNG: draws what growth printed.
if (args is ["plot", var file, var png])
    return GrowthPlot.Draw(file, png);

// Anything else goes to BenchmarkDotNet: --filter '*' runs all, --list flat shows them.
if (args is ["ratios", .. var names])
    return await RatioRuns.RunAsync(names);

BenchmarkSwitcher.FromAssembly(typeof(RatioRuns).Assembly).Run(args, ShortRuns.Config);
return 0;
