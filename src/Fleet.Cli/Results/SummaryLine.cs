using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

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
        var total = job.Tasks.Count;
        screen.Err.Write($"{total} {(total == 1 ? "host" : "hosts")}: ");
        var separator = "";
        foreach (var state in Order)
        {
            var count = job.Count(state);
            if (count == 0)
                continue;
            var word = state == TaskState.Expired ? "never answered" : TaskSentence.Word(state);
            screen.Err.Write($"{separator}{(state == TaskState.Succeeded ? TextStyle.Green : TextStyle.Red)}{count} {word}");
            separator = ", ";
        }

        screen.Err.WriteLine($"; {ProgressLine.Elapsed(elapsed)}; job {job.Job?.Id ?? "?"}");
    }
}
