using System.Globalization;
using System.Text.RegularExpressions;

namespace Fleet.Benchmarks.Processes;

/// <summary>logsearch-bench: one search of Fleet.LogSearch as one process, to be timed against other programs.</summary>
internal static partial class SearchProgram
{
    /// <summary>Runs it.</summary>
    public static TimedProgram Run(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        TimedProgram.Run(Installed.Search, ["--memory", .. arguments], cancellationToken);

    /// <summary>The most memory that a run had resident (VmHWM of proc(5)).</summary>
    public static double PeakMegabytes(TimedProgram run) => PeakMemory().Match(run.Error) is { Success: true } match
        ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * 1024 / 1e6
        : throw new InvalidOperationException($"The search did not say what memory it had: {run.Error}");

    [GeneratedRegex(@"VmHWM:\s+(\d+) kB")]
    private static partial Regex PeakMemory();
}
