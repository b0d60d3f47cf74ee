using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;
using Spectre.Console;

namespace Fleet.Cli.Results;

/// <summary>The last line of a job on the terminal: how many hosts ended how, in what time, and the job's id.</summary>
internal static class SummaryLine
{
    private static readonly TaskState[] Order =
    [
        TaskState.Succeeded, TaskState.Failed, TaskState.TimedOut, TaskState.Expired, TaskState.Cancelled, TaskState.Interrupted,
        TaskState.Rejected, TaskState.Skipped, TaskState.Running, TaskState.Dispatched, TaskState.Pending,
    ];

    public static void Write(Screen screen, JobView job, TimeSpan elapsed)
    {
        screen.Writer.Flush();
        screen.Err.MarkupLine(Text(job, elapsed));
    }

    /// <summary>The line, with colour marks.</summary>
    public static string Text(JobView job, TimeSpan elapsed)
    {
        var parts = new List<string>();
        foreach (var state in Order)
        {
            var count = job.Count(state);
            if (count == 0)
                continue;
            var word = state == TaskState.Expired ? "never answered" : TaskSentence.Word(state);
            parts.Add(state == TaskState.Succeeded ? $"[green]{count} {word}[/]" : $"[red]{count} {word}[/]");
        }

        var total = job.Tasks.Count;
        return $"{total} {(total == 1 ? "host" : "hosts")}: {string.Join(", ", parts)}; {ProgressLine.Elapsed(elapsed)}; job {job.Job?.Id ?? "?"}";
    }
}
