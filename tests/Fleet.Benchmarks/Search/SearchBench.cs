using Fleet.Benchmarks.Data;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;

namespace Fleet.Benchmarks.Search;

/// <summary>One file of 1 GB, one process that counts what matches; against ripgrep and GNU grep, in turn.</summary>
internal static class SearchBench
{
    private const long Bytes = 1L << 30;
    private const int WarmUp = 1;
    // They take seconds each.
    private const int RoundsUnpromised = 2;
    private const double LiteralTarget = 1.3;
    private const double RegexTarget = 2.5;
    private const double GrepTarget = 1;
    private const double MemoryTargetMegabytes = 30;

    private static readonly Query[] s_queries =
    [
        new("fixed string", "Out of memory", ["-F"], ["-cF"], LiteralTarget),
        new("literal, ignoring case", "econnrefused", ["-i"], ["-ciE"], LiteralTarget),
        new("ERROR|OOMKilled|panic, ignoring case", "ERROR|OOMKilled|panic", ["-i"], ["-ciE"], LiteralTarget),
        new("class and repetition", "Killed process [0-9]+ \\([a-z]+\\)", [], ["-cE"], RegexTarget),
        // No literal to look for in it: nothing is promised, everything is to be seen.
        new("class and repetition alone", "[A-Z]{6,}", [], ["-cE"], null),
    ];

    public static void Run(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        using var data = DataDirectory.Create(options, Bytes);
        var log = data.File("syslog");
        var now = TimeProvider.System.GetUtcNow();
        LogText.Write(log, Bytes, now.AddDays(-1), now, seed: 1, cancellationToken);
        var memory = new List<double>();
        foreach (var query in s_queries)
            Measure(query, log, query.RgTarget is null ? Math.Min(options.Rounds, RoundsUnpromised) : options.Rounds, report, memory, cancellationToken);
        report.Add("memory at its highest (VmHWM)", "MB", memory.Max(), MemoryTargetMegabytes);
        report.Add("for scale: a process that does nothing", "ms", [.. Enumerable.Range(0, options.Rounds).Select(_ => TimedProgram.Run("true", [], cancellationToken).Milliseconds)]);
        report.Note("Each ratio is of one round in which all programs took their turn. grep in the C locale.");
    }

    private static void Measure(Query query, string log, int rounds, BenchReport report, List<double> memory, CancellationToken cancellationToken)
    {
        var (ours, rg, mmap, grep) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (toRg, toMmap, toGrep) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -WarmUp; round < rounds; round++)
        {
            var fleet = SearchProgram.Run(["-c", .. query.Options, query.Pattern, log], cancellationToken);
            string[] ripgrep = ["-c", "--no-config", .. query.Options, query.Pattern, log];
            var mapped = TimedProgram.Run("rg", ripgrep, cancellationToken);
            var read = TimedProgram.Run("rg", ["--no-mmap", .. ripgrep], cancellationToken);
            var gnu = TimedProgram.Run("grep", [.. query.GrepOptions, query.Pattern, log], cancellationToken);
            if (fleet.Output != mapped.Output || fleet.Output != gnu.Output || fleet.Output is "" or "0\n")
                throw new InvalidOperationException($"{query.Pattern}: {fleet.Output} lines were found, {mapped.Output} by rg, {gnu.Output} by grep.");
            memory.Add(SearchProgram.PeakMegabytes(fleet));
            if (round < 0)
                continue;
            ours.Add(fleet.Milliseconds);
            rg.Add(read.Milliseconds);
            mmap.Add(mapped.Milliseconds);
            grep.Add(gnu.Milliseconds);
            toRg.Add(fleet.Milliseconds / read.Milliseconds);
            toMmap.Add(fleet.Milliseconds / mapped.Milliseconds);
            toGrep.Add(fleet.Milliseconds / gnu.Milliseconds);
        }

        report.Add(query.Name, "ms", ours);
        report.Add("  rg --no-mmap", "ms", rg);
        report.Add("  rg, which maps the file", "ms", mmap);
        report.Add("  grep", "ms", grep);
        report.Add("  ours / rg --no-mmap", "", toRg, query.RgTarget);
        report.Add("  ours / rg, which maps the file", "", toMmap, query.RgTarget);
        report.Add("  ours / grep", "", toGrep, query.RgTarget is null ? null : GrepTarget);
        Progress.Say($"{query.Name}: {ours[^1]:0} ms, rg {rg[^1]:0} and {mmap[^1]:0} ms, grep {grep[^1]:0} ms");
    }

    private sealed record Query(string Name, string Pattern, string[] Options, string[] GrepOptions, double? RgTarget);
}
