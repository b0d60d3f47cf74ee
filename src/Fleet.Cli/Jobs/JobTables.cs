using System.Globalization;
using Fleet.Cli.Connection;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.Json;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Jobs;

/// <summary>Jobs and tasks as tables and JSON lines.</summary>
internal static class JobTables
{
    public static void List(Screen screen, IReadOnlyList<Job> jobs, bool json)
    {
        if (json)
        {
            var lines = new JsonLines(screen.Writer);
            foreach (var job in jobs)
                lines.Write("job", writer => WriteJob(writer, job));
            return;
        }

        TableText.Write(screen, ["JOB", "STARTED", "BY", "TARGET", "RESULT", "COMMAND"], jobs.Select(job => (IReadOnlyList<string>)
            [job.Id, TimeText.Local(job.CreatedMs), job.OperatorName, Shorten(job.Target, 30), Result(job), Shorten(job.Summary, 60)]));
    }

    public static void Head(Screen screen, Job job)
    {
        screen.Writer.WriteLine($"job      {job.Id}{(job.RetryOf.Length > 0 ? $" (retry of {job.RetryOf})" : "")}");
        screen.Writer.WriteLine($"command  {job.Summary}");
        if (HiddenParts.Of(job) is { Length: > 0 } hidden)
            screen.Writer.WriteLine($"with     {hidden}");
        screen.Writer.WriteLine($"target   {job.Target}");
        screen.Writer.WriteLine($"by       {job.OperatorName}, {TimeText.Local(job.CreatedMs)}{(job.CancelRequested ? $", cancelled by {job.CancelledBy}" : "")}");
        screen.Writer.WriteLine($"state    {(job.Done ? "done" : "open")}: {Result(job)}");
        screen.Writer.Flush();
    }

    public static async Task TasksAsync(CommandContext context, FleetClient client, Job job, CancellationToken cancellationToken)
    {
        var tasks = await ReadTasksAsync(context, client, job, cancellationToken);
        TableText.Write(context.Screen, ["TASK", "HOST", "STATE", "EXIT", "STARTED", "ENDED", "REASON"], tasks.Select(t => (IReadOnlyList<string>)
        [
            $"{job.Id}.{t.Ordinal}", t.AgentName, TaskSentence.Word(t.State), t.HasExitCode ? t.ExitCode.ToString(CultureInfo.InvariantCulture) : "-",
            TimeText.Local(t.StartedMs), TimeText.Local(t.EndedMs), t.Reason,
        ]));
    }

    /// <summary>All tasks of a job, page by page.</summary>
    public static async Task<IReadOnlyList<TaskInfo>> ReadTasksAsync(CommandContext context, FleetClient client, Job job, CancellationToken cancellationToken)
    {
        var tasks = new List<TaskInfo>();
        var page = "";
        do
        {
            var reply = await client.Jobs.ListTasksAsync(
                new ListTasksRequest { JobId = job.Id, PageSize = 1000, PageToken = page }, deadline: context.Soon, cancellationToken: cancellationToken);
            tasks.AddRange(reply.Tasks);
            page = reply.NextPageToken;
        }
        while (page.Length > 0);
        return tasks;
    }

    private static void WriteJob(System.Text.Json.Utf8JsonWriter json, Job job)
    {
        json.WriteString("job", job.Id);
        json.WriteTime("created_at", job.CreatedMs);
        json.WriteString("operator", job.OperatorName);
        json.WriteString("target", job.Target);
        json.WriteString("command", job.Summary);
        json.WriteBoolean("done", job.Done);
        if (job.Done)
            json.WriteTime("ended_at", job.EndedMs);
        json.WriteOptional("retry_of", job.RetryOf);
        json.WriteNumber("host_count", job.Counts.Total);
        foreach (var (name, count) in Ends(job.Counts))
            json.WriteNumber(name == "never answered" ? "expired" : name.Replace(' ', '_'), count);
    }

    private static string Result(Job job)
    {
        var parts = Ends(job.Counts).Where(p => p.Count > 0).Select(p => $"{p.Count} {p.Name}");
        return string.Join(", ", parts);
    }

    private static (string Name, uint Count)[] Ends(TaskCounts counts) =>
    [
        ("succeeded", counts.Succeeded), ("failed", counts.Failed), ("timed out", counts.TimedOut), ("cancelled", counts.Cancelled),
        ("rejected", counts.Rejected), ("never answered", counts.Expired), ("interrupted", counts.Interrupted), ("skipped", counts.Skipped),
        ("running", counts.Running), ("dispatched", counts.Dispatched), ("pending", counts.Pending),
    ];

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..(length - 3)] + "...";
}
