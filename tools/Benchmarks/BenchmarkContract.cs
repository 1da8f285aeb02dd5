using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace StereoSpike.Benchmarks;

/// <summary>How every benchmark here is taken: seeded input, warm, median and spread, allocations, and a ratio to a baseline of the same run.</summary>
/// <remarks>
/// They run in this process, so that a built benchmark starts at once and from any folder; from inside the repository,
/// <c>--runtimes net10.0</c> measures each in a process of its own as well. Run one at a time on a quiet machine.
/// </remarks>
public static class BenchmarkContract
{
    /// <summary>Short runs: three warm-up and nine measured iterations of 100 ms; <c>--iterationCount</c> takes more.</summary>
    public static IConfig Config { get; } = ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(3)
            .WithIterationCount(9)
            .WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(100)))
        .AddColumn(
            TargetMethodColumn.Method, StatisticColumn.Median, StatisticColumn.Min, StatisticColumn.Max,
            new EventRateColumn(), BaselineRatioColumn.RatioMean)
        .AddColumnProvider(DefaultColumnProviders.Params)
        .AddDiagnoser(new MemoryDiagnoser(new MemoryDiagnoserConfig(displayGenColumns: false)))
        .AddLogger(ConsoleLogger.Default)
        .AddExporter(MarkdownExporter.GitHub)
        .WithOptions(ConfigOptions.DisableOptimizationsValidator);
}
