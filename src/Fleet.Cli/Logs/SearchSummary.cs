using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Spectre.Console;

namespace Fleet.Cli.Logs;

/// <summary>What stands below the results of a search: who could not search and why, where limits ended it, and the sums.</summary>
internal static class SearchSummary
{
    public static void Write(Screen screen, JobView job, SearchTally tally, TimeSpan elapsed)
    {
        foreach (var (reason, hosts, count) in tally.Troubles)
            screen.Out.MarkupLine($"[red bold]--- {Markup.Escape(hosts)}[/]{Number(count)} [red]{Markup.Escape(HostText.Decode(System.Text.Encoding.UTF8.GetBytes(reason), screen.OutIsTerminal))}[/]");
        screen.Writer.Flush();
        foreach (var (limit, hosts, count) in tally.Limits)
            screen.Note($"{hosts}{Number(count)}: {Sentence(limit)}");
        screen.Err.MarkupLine(Text(job, tally, elapsed));
    }

    /// <summary>The last line, with colour marks.</summary>
    public static string Text(JobView job, SearchTally tally, TimeSpan elapsed)
    {
        var parts = new List<string> { $"[green]{tally.HostsWithHits} with hits[/]", $"{tally.HostsWithoutHits} without" };
        if (tally.HostsInTrouble > 0)
            parts.Add($"[red]{tally.HostsInTrouble} not searched in full[/]");
        var unfinished = job.Tasks.Count - job.DoneTasks;
        if (unfinished > 0)
            parts.Add($"[red]{unfinished} not done[/]");
        return $"{tally.Matches} {(tally.Matches == 1 ? "hit" : "hits")} in {SizeText.Rounded(tally.ReadBytes)} on {job.Tasks.Count} {(job.Tasks.Count == 1 ? "host" : "hosts")}: "
            + $"{string.Join(", ", parts)}; {ProgressLine.Elapsed(elapsed)}; job {job.Job?.Id ?? "?"}";
    }

    private static string Number(int count) => count == 1 ? "" : $" ({count} hosts)";

    private static string Sentence(string limit) => limit switch
    {
        "matches" => "stopped at the limit of matches; there may be more (--max-count)",
        "results" => "stopped at the limit of bytes of results; there are more (--max-bytes)",
        "bytes" => "stopped at the limit of bytes read; the rest was not searched (--read-limit)",
        "cpu" => "stopped at the limit of processor time; the rest was not searched (--cpu-limit)",
        _ => $"stopped at a limit: {limit}",
    };
}
