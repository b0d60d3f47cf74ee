using System.Runtime.InteropServices;
using Fleet.Benchmarks;
using Fleet.Benchmarks.AgentCost;
using Fleet.Benchmarks.Fanout;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.GrepFleet;
using Fleet.Benchmarks.Hits;
using Fleet.Benchmarks.Journal;
using Fleet.Benchmarks.Memory;
using Fleet.Benchmarks.Micro;
using Fleet.Benchmarks.Ping;
using Fleet.Benchmarks.Scans;
using Fleet.Benchmarks.Search;
using Fleet.Benchmarks.Since;
using Fleet.Benchmarks.Stores;
using Fleet.Benchmarks.Storm;
using Fleet.Benchmarks.Torture;

// Each measurement stands by itself; see docs/benchmarks.md for what is measured and how.
if (args is ["floor", var hosts, .. var lines])
    return BareProcesses.RunAsHelper(hosts, lines);

if (BenchOptions.Parse(args, out var fault) is not { } options)
{
    Console.Error.WriteLine($"fleet-benchmarks: {fault}\n{BenchOptions.Usage}");
    return 2;
}

using var stop = new CancellationTokenSource(options.Limit);
// The processes that a measurement started are ended on the way out.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

Installed.PreferPublished(options);
try
{
    foreach (var what in options.What)
    {
        var report = new BenchReport(what);
        switch (what)
        {
            case "fanout":
                await FanoutBench.RunAsync(options, report, stop.Token);
                break;
            case "ping":
                await PingBench.RunAsync(options, report, stop.Token);
                break;
            case "hits":
                await HitsBench.RunAsync(options, report, stop.Token);
                break;
            case "memory":
                await ControllerMemoryBench.RunAsync(options, report, stop.Token);
                break;
            case "agent":
                await AgentCostBench.RunAsync(options, report, stop.Token);
                break;
            case "store":
                await StoreBench.RunAsync(options, report, stop.Token);
                break;
            case "micro":
                MicroBench.Run(report);
                break;
            case "search":
                SearchBench.Run(options, report, stop.Token);
                break;
            case "journal":
                await JournalBench.RunAsync(options, report, stop.Token);
                break;
            case "since":
                SinceBench.Run(options, report, stop.Token);
                break;
            case "grepfleet":
                await GrepFleetBench.RunAsync(options, report, stop.Token);
                break;
            case "scan":
                await ScanBench.RunAsync(report, stop.Token);
                break;
            case "storm":
                await StormBench.RunAsync(report, stop.Token);
                break;
            case "torture":
                await TortureBench.RunAsync(options, report, stop.Token);
                break;
        }

        report.Write(Console.Out);
        await report.SaveAsync(Installed.ResultsDirectory, stop.Token);
    }

    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine($"fleet-benchmarks: ended after {options.Limit} or by a signal; what was measured so far is above");
    return 1;
}
catch (Exception e) when (e is InvalidOperationException or TimeoutException)
{
    Console.Error.WriteLine($"fleet-benchmarks: could not measure: {e.Message}");
    return 1;
}
