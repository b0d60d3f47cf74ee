using System.Globalization;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;

namespace Fleet.Benchmarks.Journal;

/// <summary>A journal of a gigabyte: the same pattern and window as journalctl(1), in turn; both print what they find, and it must be the same.</summary>
internal static class JournalBench
{
    private const int MostRounds = 3;
    // At least five times faster: at most a fifth of its time.
    private const double Target = 0.2;
    private static readonly TimeSpan s_window = TimeSpan.FromDays(1);

    private static readonly (string Name, string Pattern, string Case, string[] Options)[] s_queries =
    [
        ("literal", "Out of memory", "--case-sensitive=yes", []),
        ("ERROR|OOMKilled|panic, ignoring case", "ERROR|OOMKilled|panic", "--case-sensitive=no", ["-i"]),
    ];

    public static async Task RunAsync(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        var journal = await GeneratedJournal.EnsureAsync(options, cancellationToken);
        report.Add("journal", "MB", new DirectoryInfo(journal).EnumerateFiles().Sum(file => file.Length) / 1e6);
        var memory = new List<double>();
        foreach (var query in s_queries)
        {
            Measure(query.Name, journal, query.Pattern, query.Case, query.Options, null, Math.Min(options.Rounds, MostRounds), report, memory, cancellationToken);
            var since = GeneratedJournal.Begin + s_window;
            Measure($"{query.Name}, one day of it", journal, query.Pattern, query.Case, query.Options, since, Math.Min(options.Rounds, MostRounds), report, memory, cancellationToken);
        }

        report.Add("memory at its highest (VmHWM)", "MB", memory.Max());
        report.Note($"Written by systemd-journal-remote, read warm; journalctl -q -o cat -g. Kept in {options.DataDirectory} for the next run.");
    }

    private static void Measure(
        string name, string journal, string pattern, string sense, string[] options, DateTimeOffset? since, int rounds, BenchReport report, List<double> memory, CancellationToken cancellationToken)
    {
        string[] theirs = ["-D", journal, "-q", "-o", "cat", "--no-pager", sense, "-g", pattern];
        string[] own = ["-j", journal, .. options];
        if (since is { } begin)
        {
            var end = begin + s_window;
            theirs = [.. theirs, $"--since=@{begin.ToUnixTimeSeconds()}", $"--until=@{end.ToUnixTimeSeconds()}"];
            own = [.. own, "--since", Iso(begin), "--until", Iso(end)];
        }

        var (ours, journalctl, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var fleet = SearchProgram.Run([.. own, pattern], cancellationToken);
            var reference = TimedProgram.Run("journalctl", theirs, cancellationToken);
            if (fleet.Output != reference.Output || fleet.Output.Length == 0)
                throw new InvalidOperationException($"{name}: {fleet.Output.Split('\n').Length - 1} entries were found, {reference.Output.Split('\n').Length - 1} by journalctl, or not the same ones.");
            memory.Add(SearchProgram.PeakMegabytes(fleet));
            if (round < 0)
                continue;
            ours.Add(fleet.Milliseconds);
            journalctl.Add(reference.Milliseconds);
            ratios.Add(fleet.Milliseconds / reference.Milliseconds);
        }

        report.Add(name, "ms", ours);
        report.Add("  journalctl -g", "ms", journalctl);
        report.Add("  ours / journalctl", "", ratios, Target);
        Progress.Say($"{name}: {ours[^1]:0} ms, journalctl {journalctl[^1]:0} ms");
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
