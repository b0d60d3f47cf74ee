using System.Globalization;

namespace Fleet.Benchmarks;

/// <summary>What is to be measured, and how large.</summary>
internal sealed record BenchOptions
{
    private static readonly string[] Known = ["fanout", "ping", "hits", "memory", "agent", "store", "micro", "search", "journal", "since", "grepfleet", "scan", "storm", Torture];
    private const string Torture = "torture";

    /// <summary>The measurements, in order.</summary>
    public required IReadOnlyList<string> What { get; init; }

    /// <summary>Real agents of the fan-out and of the search on all hosts. The default is 200.</summary>
    public int Hosts { get; init; } = 200;

    /// <summary>Rounds of what is compared with other programs in turn. The default is 7.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>Simulated agents that are pinged. The default is 1,000.</summary>
    public int Agents { get; init; } = 1000;

    /// <summary>Pings. The default is 60.</summary>
    public int Pings { get; init; } = 60;

    /// <summary>How long hits come at 10,000 a second. The default is 15.</summary>
    public int Seconds { get; init; } = 15;

    /// <summary>Simulated agents at the upper end of the memory measurement. The default is 5,000.</summary>
    public int Most { get; init; } = 5000;

    /// <summary>How long logs are tortured, in minutes. The default is 5.</summary>
    public int Minutes { get; init; } = 5;

    /// <summary>By which chance. The default is 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Hits in each of the stores that are compared. The default is a million.</summary>
    public int Rows { get; init; } = 1_000_000;

    /// <summary>Whether the tortured agent is a user without rights. The default is no.</summary>
    public bool Unprivileged { get; init; }

    /// <summary>Whether programs that Publish left are used where there are any. The default is yes.</summary>
    public bool Published { get; init; } = true;

    /// <summary>Where files of gigabytes are made. The default is below the temporary directory.</summary>
    public string DataDirectory { get; init; } = Path.Combine(Path.GetTempPath(), "fleet-bench");

    /// <summary>All ends after this. The default is 3 minutes for each measurement.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>How to call it.</summary>
    public const string Usage = """
        usage: fleet-benchmarks --what fanout|ping|hits|memory|agent|store|micro|search|journal|since|grepfleet|scan|storm|torture|all
                                [--hosts N] [--rounds N] [--agents N] [--pings N] [--seconds N] [--most N] [--minutes N] [--seed N] [--rows N] [--unprivileged 0|1] [--published 0|1] [--limit SECONDS] [--dir PATH]
        """;

    /// <summary>Reads the arguments; null with the fault named where they are not good.</summary>
    public static BenchOptions? Parse(string[] args, out string fault)
    {
        fault = "";
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
                fault = $"{args[i]} is no option, or lacks its value";
            else
                values[args[i][2..]] = args[i + 1];
        }

        var what = values.GetValueOrDefault("what", "all");
        if (what != "all" && !Known.Contains(what))
            fault = $"--what: '{what}' is none of {string.Join(", ", Known)}, all";
        // Torture is no measurement: it is asked for by its name.
        var chosen = what == "all" ? [.. Known.Where(name => name != Torture)] : new[] { what };
        var defaults = new BenchOptions { What = chosen };
        var options = defaults with
        {
            Hosts = ReadNumber(values, "hosts", defaults.Hosts, ref fault),
            Rounds = ReadNumber(values, "rounds", defaults.Rounds, ref fault),
            Agents = ReadNumber(values, "agents", defaults.Agents, ref fault),
            Pings = ReadNumber(values, "pings", defaults.Pings, ref fault),
            Seconds = ReadNumber(values, "seconds", defaults.Seconds, ref fault),
            Most = ReadNumber(values, "most", defaults.Most, ref fault),
            Minutes = ReadNumber(values, "minutes", defaults.Minutes, ref fault),
            Seed = ReadNumber(values, "seed", defaults.Seed, ref fault),
            Rows = ReadNumber(values, "rows", defaults.Rows, ref fault, most: 10_000_000),
            Unprivileged = ReadNumber(values, "unprivileged", 0, ref fault) != 0,
            DataDirectory = Path.GetFullPath(values.GetValueOrDefault("dir", defaults.DataDirectory)),
            Published = ReadNumber(values, "published", 1, ref fault) != 0,
            Limit = TimeSpan.FromSeconds(ReadNumber(values, "limit", (180 * chosen.Length) + (chosen.Contains(Torture) ? 600 + (120 * ReadNumber(values, "minutes", defaults.Minutes, ref fault)) : 0), ref fault)),
        };
        if (options.Most < 2 * ReportAtLeast)
            fault = $"--most: give at least {2 * ReportAtLeast}";
        return fault.Length == 0 ? options : null;
    }

    private const int ReportAtLeast = 100;

    private static int ReadNumber(Dictionary<string, string> values, string name, int otherwise, ref string fault, int most = 20_000)
    {
        if (!values.TryGetValue(name, out var text))
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most)
            return number;
        fault = string.Create(CultureInfo.InvariantCulture, $"--{name}: '{text}' is no number from 0 to {most:#,0}");
        return 0;
    }
}
