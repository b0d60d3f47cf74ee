using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Fleet.Benchmarks.Figures;

namespace Fleet.Benchmarks.Micro;

/// <summary>The hot paths one by one, by BenchmarkDotNet, in this process: nothing is generated or built.</summary>
internal static class MicroBench
{
    private const int Warmups = 3;
    private const int Iterations = 10;

    public static void Run(BenchReport report)
    {
        var config = ManualConfig.CreateEmpty()
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(Warmups).WithIterationCount(Iterations))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(NullLogger.Instance)
            .WithArtifactsPath(Path.Combine(Installed.ResultsDirectory, "micro"));
        foreach (var benchmarks in (Type[])[typeof(StoreBenchmarks), typeof(ProtocolBenchmarks)])
            Take(BenchmarkRunner.Run(benchmarks, config), report);
    }

    private static void Take(Summary summary, BenchReport report)
    {
        foreach (var measured in summary.Reports)
        {
            var name = measured.BenchmarkCase.Descriptor.WorkloadMethod.Name.Replace('_', ' ');
            if (measured.ResultStatistics is not { } statistics)
                throw new InvalidOperationException($"The benchmark '{name}' failed; run it by itself to see why.");
            report.Add(name, "us", [.. statistics.OriginalValues.Select(nanoseconds => nanoseconds / 1000)]);
            report.Add("  allocated", "kB", (measured.GcStats.GetBytesAllocatedPerOperation(measured.BenchmarkCase) ?? 0) / 1000.0);
        }
    }
}
