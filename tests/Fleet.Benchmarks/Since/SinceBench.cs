using System.Globalization;
using Fleet.Benchmarks.Data;
using Fleet.Benchmarks.Figures;
using Fleet.Benchmarks.Processes;

namespace Fleet.Benchmarks.Since;

/// <summary>The last five minutes of a sorted log of 10 GB.</summary>
internal static class SinceBench
{
    private const long Bytes = 10L << 30;
    private const double TargetMs = 50;
    private const string Pattern = "ERROR|OOMKilled|panic";
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_length = TimeSpan.FromDays(2);

    public static void Run(BenchOptions options, BenchReport report, CancellationToken cancellationToken)
    {
        using var data = DataDirectory.Create(options, Bytes);
        var log = data.File("syslog");
        // The window's bound is said as a time, so that it is the same in each round, however long they take.
        var end = TimeProvider.System.GetUtcNow();
        var since = (end - s_window).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        LogText.Write(log, Bytes, end - s_length, end, seed: 3, cancellationToken);
        Progress.Say("written");

        var expected = Expected(log, since, cancellationToken);
        var (took, all) = (new List<double>(), new List<double>());
        for (var round = -1; round < options.Rounds; round++)
        {
            var matching = SearchProgram.Run(["-c", "-i", "--since", since, Pattern, log], cancellationToken);
            var every = SearchProgram.Run(["-c", "--since", since, "", log], cancellationToken);
            if (int.Parse(matching.Output, CultureInfo.InvariantCulture) != expected.Matching || int.Parse(every.Output, CultureInfo.InvariantCulture) != expected.All)
                throw new InvalidOperationException($"{matching.Output} lines match and {every.Output} are in the window, but there are {expected}.");
            if (round < 0)
                continue;
            took.Add(matching.Milliseconds);
            all.Add(every.Milliseconds);
        }

        report.Add($"--since 5m in {Bytes / 1e9:0.0} GB: {expected.Matching} of {expected.All} lines", "ms", took, TargetMs);
        report.Add($"  without a pattern, all {expected.All} counted", "ms", all);
        report.Note("As a process of its own, from its start to its end. The counts are those of a reading of the file's end, line by line.");
    }

    // Times in this form are in order as texts, too.
    private static (int Matching, int All) Expected(string log, string since, CancellationToken cancellationToken)
    {
        const long Tail = 256L << 20;
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read);
        file.Seek(-Tail, SeekOrigin.End);
        using var reader = new StreamReader(file);
        var first = reader.ReadLine();
        first = reader.ReadLine();
        var bound = since[..^1];
        if (first is null || string.CompareOrdinal(first, 0, bound, 0, bound.Length) >= 0)
            throw new InvalidOperationException("The file's end does not reach back to the window's begin.");
        var (matching, all) = (0, 0);
        while (reader.ReadLine() is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (string.CompareOrdinal(line, 0, bound, 0, bound.Length) < 0)
                continue;
            all++;
            if (line.Contains("ERROR", StringComparison.OrdinalIgnoreCase) || line.Contains("OOMKilled", StringComparison.OrdinalIgnoreCase)
                || line.Contains("panic", StringComparison.OrdinalIgnoreCase))
                matching++;
        }

        return (matching, all);
    }
}
