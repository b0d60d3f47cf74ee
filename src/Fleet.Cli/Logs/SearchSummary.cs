using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Running;

namespace Fleet.Cli.Logs;

/// <summary>What stands below the results of a search: who could not search and why, where limits ended it, and the sums.</summary>
internal static class SearchSummary
{
    public static void Write(Screen screen, JobView job, SearchTally tally, TimeSpan elapsed)
    {
        foreach (var (reason, hosts, count) in tally.Troubles)
            screen.Out.WriteLine($"{TextStyle.RedBold}{Heading.Mark}{hosts}{TextStyle.Plain}{Number(count)} {TextStyle.Red}{reason}");
        screen.Writer.Flush();
        foreach (var (limit, hosts, count) in tally.Limits)
            screen.Note($"{hosts}{Number(count)}: {Sentence(limit)}");
        screen.Err.Write($"{tally.Matches} {(tally.Matches == 1 ? "hit" : "hits")} in {SizeText.Rounded(tally.ReadBytes)} on {Plural.Of(job.Tasks.Count, "host")}: ");
        screen.Err.Write($"{TextStyle.Green}{tally.HostsWithHits} with hits{TextStyle.Plain}, {tally.HostsWithoutHits} without");
        if (tally.HostsInTrouble > 0)
            screen.Err.Write($", {TextStyle.Red}{tally.HostsInTrouble} failed or incomplete");
        var unfinished = job.Tasks.Count - job.DoneTasks;
        if (unfinished > 0)
            screen.Err.Write($", {TextStyle.Red}{unfinished} unfinished");
        screen.Err.WriteLine($"; {ProgressLine.Elapsed(elapsed)}; job {job.Job?.Id ?? "?"}");
    }

    private static string Number(int count) => count == 1 ? "" : $" ({count} hosts)";

    private static string Sentence(string limit) => limit switch
    {
        "matches" => "stopped at the match limit; there may be more (--max-count)",
        "results" => "stopped at the result size limit; there are more (--max-bytes)",
        "bytes" => "stopped at the read limit; the rest was not searched (--read-limit)",
        "cpu" => "stopped at the CPU time limit; the rest was not searched (--cpu-limit)",
        _ => $"stopped at a limit: {limit}",
    };
}
