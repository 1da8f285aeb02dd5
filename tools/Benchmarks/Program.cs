using BenchmarkDotNet.Running;
using StereoSpike.Benchmarks;

// dotnet run -c Release --project tools/Benchmarks -- --filter '*Histogram*'
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkContract).Assembly).Run(args, BenchmarkContract.Config);
