using BenchmarkDotNet.Running;
using CodePool.Benchmarks.Ratios;

// ratios NAME: ours and what one would write instead, in turn, in one run, in under a minute.
// Anything else goes to BenchmarkDotNet: --filter '*' runs all, --list flat shows them.
if (args is ["ratios", .. var names])
    return await RatioRuns.RunAsync(names);

BenchmarkSwitcher.FromAssembly(typeof(RatioRuns).Assembly).Run(args);
return 0;
