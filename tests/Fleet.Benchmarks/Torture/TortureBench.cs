using Fleet.Benchmarks.Figures;
using Fleet.Harness.Torture;

namespace Fleet.Benchmarks.Torture;

/// <summary>Logs under torture: what is doubled, what is lost without a gap, and how true gaps are.</summary>
internal static class TortureBench
{
    private const double TrueGapsTargetPercent = 90;
    private const double ExcessTargetSeconds = 12;

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        var table = await TortureCourse.RunAsync(
            new TortureOptions { Seed = options.Seed, Duration = TimeSpan.FromMinutes(options.Minutes), IsUnprivileged = options.Unprivileged, Say = Progress.Say }, cancellationToken);
        Console.WriteLine(table);
        report.Add("lines written", "", table.Sum(row => row.Written));
        report.Add("lines doubled", "", table.Sum(row => row.Doubled), 0);
        report.Add("lines stored and never written", "", table.Sum(row => row.Strange), 0);
        report.Add("lines lost without a gap", "", table.Sum(row => row.Lost - row.Unseen), 0);
        report.Add("  of files of which nothing was ever seen", "", table.Sum(row => row.Unseen));
        report.Add("gaps without a lost line", "%", 100 * (1 - table.TrueGapShare), 100 - TrueGapsTargetPercent);
        report.Add("  the same with those of logs that were cut without a copy", "%", 100 * (1 - table.TrueGapShareWithCuts));
        report.Add("excess of a gap's bounds, median", "s", table.MedianExcessSeconds, ExcessTargetSeconds);
    }
}
