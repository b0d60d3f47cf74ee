using System.Diagnostics;
using System.Text;
using Fleet.Agent.Scanning;
using Fleet.LogSearch.Priority;
using Xunit.Abstractions;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>What scans cost at rest and in a storm; bounds wide enough for a machine that does other things.</summary>
public sealed class ScanLoadTests(ITestOutputHelper output) : IDisposable
{
    private readonly ScanBench _bench = new(new ScanOptions());

    [Fact]
    public void Fifty_sources_at_rest_cost_next_to_nothing()
    {
        for (var i = 0; i < 50; i++)
            File.WriteAllText(Path.Combine(_bench.Logs, $"{i}.log"), "hit old\n");
        var order = ScanBench.Order(Path.Combine(_bench.Logs, "0.log"));
        for (var i = 1; i < 50; i++)
            order.Sources.Add(new Fleet.Protocol.V1.LogSource { Files = new Fleet.Protocol.V1.FileLogSource { Path = Path.Combine(_bench.Logs, $"{i}.log") } });
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        _bench.Apply(order);
        _bench.Run();
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;

        // A minute of rest: what the clock alone makes it look at.
        var cpu = ThreadCpu.Used();
        for (var i = 0; i < 6; i++)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(10.1));
            _bench.Run();
        }

        var used = ThreadCpu.Used() - cpu;
        output.WriteLine($"{memory / 1024} KiB, {used.TotalMilliseconds:0.0} ms of processor time a minute");
        memory.ShouldBeLessThan(3 * 1024 * 1024);
        used.ShouldBeLessThan(TimeSpan.FromMilliseconds(600));
    }

    [Fact]
    public void A_storm_of_a_million_lines_stays_within_bounds_of_memory_and_time()
    {
        var log = Path.Combine(_bench.Logs, "app.log");
        _bench.Apply(ScanBench.Order(log, pattern: "ERROR|OOM", perMinute: 1000));
        _bench.Run();
        var block = new StringBuilder();
        for (var i = 0; i < 10_000; i++)
            block.Append(System.Globalization.CultureInfo.InvariantCulture, $"2026-11-21T08:00:00.{i:d6}Z host1 app[{i}]: ERROR request {i} of user {i % 7} failed after {i % 991} ms\n");
        using (var file = new FileStream(log, FileMode.Create))
        {
            for (var i = 0; i < 100; i++)
                file.Write(Encoding.ASCII.GetBytes(block.ToString()));
        }

        var (cpu, allocated, watch) = (ThreadCpu.Used(), GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        var most = 0L;
        while (_bench.Engine.Runs[0].Hits < 1_000_000 && watch.Elapsed < TimeSpan.FromMinutes(4))
        {
            _bench.Pass();
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
        }

        _bench.Time.Advance(TimeSpan.FromSeconds(6));
        _bench.Run();
        _bench.Deliver();
        var used = ThreadCpu.Used() - cpu;
        output.WriteLine($"{used.TotalSeconds:0.00} s of processor time, heap at most {most >> 20} MiB, {(GC.GetAllocatedBytesForCurrentThread() - allocated) >> 20} MiB allocated");
        _bench.Counted.ShouldBe(1_000_000UL);
        _bench.Hits.Count.ShouldBe(1000);
        _bench.Summaries.Count.ShouldBeLessThan(100);
        used.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    public void Dispose() => _bench.Dispose();
}
