using System.CommandLine;
using Fleet.Cli.Confirmation;
using Fleet.Cli.Connection;
using Fleet.Cli.Options;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Jobs;

/// <summary>`fleet jobs`: look back at jobs, follow, cancel and retry them.</summary>
internal static class JobsCommand
{
    public static Command Create(CommandContext context) => new("jobs", "List, show, watch, cancel and retry jobs.")
    {
        List(context), Show(context), Watch(context), Cancel(context), Retry(context),
    };

    private static Argument<string> JobId() => new("job") { Description = "Job id, or \"last\" for your newest job." };

    private static Command List(CommandContext context)
    {
        var limit = new Option<uint?>("--limit") { Description = "At most N jobs. Default 20.", HelpName = "N", CustomParser = OptionValues.Whole<uint>() };
        var open = new Option<bool>("--open") { Description = "Only jobs that are still open." };
        var by = new Option<string?>("--by") { Description = "Only jobs of this operator.", HelpName = "OPERATOR" };
        var since = new Option<TimeSpan?>("--since")
        {
            Description = "Only jobs created within the last DURATION.", HelpName = "DURATION", CustomParser = result => OptionValues.Duration(result),
        };
        var json = new Option<bool>("--json") { Description = "One JSON object per line." };
        var command = new Command("list", "List jobs, newest first.") { limit, open, by, since, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var sinceMs = parsed.GetValue(since) is { } age ? (context.Time.GetUtcNow() - age).ToUnixTimeMilliseconds() : 0;
            var jobs = new List<Job>();
            var wanted = (int)Math.Min(parsed.GetValue(limit) ?? 20, 100_000);
            var page = "";
            do
            {
                var reply = await client.Jobs.ListJobsAsync(
                    new ListJobsRequest
                    {
                        PageSize = (uint)Math.Min(500, wanted - jobs.Count),
                        PageToken = page,
                        OnlyOpen = parsed.GetValue(open),
                        OperatorName = parsed.GetValue(by) ?? "",
                        SinceMs = sinceMs,
                    },
                    deadline: context.Soon,
                    cancellationToken: cancellationToken);
                jobs.AddRange(reply.Jobs);
                page = reply.NextPageToken;
            }
            while (page.Length > 0 && jobs.Count < wanted);
            JobTables.List(context.Screen, jobs, parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var id = JobId();
        var tasks = new Option<bool>("--tasks") { Description = "List tasks instead of their output." };
        var command = new Command("show", "Show a job and its output.") { id, tasks };
        var show = new ShowOptionSet(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // What is wrong with the command line is said before the controller is asked.
            show.Create(parsed, context.Screen);
            using var client = context.Connect(parsed);
            var job = await client.Jobs.GetJobAsync(new GetJobRequest { Id = parsed.GetValue(id) }, deadline: context.Soon, cancellationToken: cancellationToken);
            if (parsed.GetValue(tasks))
            {
                await JobTables.TasksAsync(context, client, job, cancellationToken);
                return ExitCode.Success;
            }

            if (!show.IsForPrograms(parsed))
                JobTables.Head(context.Screen, job);
            var follower = new JobFollower(client, context.Screen, context.Time, context.CtrlC, quiet: true);
            return await follower.FollowAsync(job, show.Create(parsed, context.Screen, job), FollowMode.Look);
        });
        return command;
    }

    private static Command Watch(CommandContext context)
    {
        var id = JobId();
        var command = new Command("watch", "Follow a job from its beginning to its end.") { id };
        var show = new ShowOptionSet(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // What is wrong with the command line is said before the controller is asked.
            show.Create(parsed, context.Screen);
            using var client = context.Connect(parsed);
            var job = await client.Jobs.GetJobAsync(new GetJobRequest { Id = parsed.GetValue(id) }, deadline: context.Soon, cancellationToken: cancellationToken);
            var follower = new JobFollower(client, context.Screen, context.Time, context.CtrlC, show.IsForPrograms(parsed));
            return await follower.FollowAsync(job, show.Create(parsed, context.Screen, job), FollowMode.Watch);
        });
        return command;
    }

    private static Command Cancel(CommandContext context)
    {
        var id = JobId();
        var command = new Command("cancel", "Cancel a job: pending tasks are not started, running tasks are ended with their process trees.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var job = await client.Jobs.CancelJobAsync(new CancelJobRequest { Id = parsed.GetValue(id) }, deadline: context.Soon, cancellationToken: cancellationToken);
            if (job.Done)
                context.Screen.Note($"job {job.Id} is already done; nothing was cancelled");
            else
                context.Screen.Note($"cancel of job {job.Id} requested; see: fleet jobs watch {job.Id}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Retry(CommandContext context)
    {
        var id = JobId();
        var detach = new Option<bool>("--detach", "-d") { Description = "Print the new job's id and return." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation." };
        var command = new Command("retry", "Run a job again on the hosts where it did not succeed.") { id, detach, yes };
        var show = new ShowOptionSet(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // What is wrong with the command line is said before the controller is asked.
            show.Create(parsed, context.Screen);
            using var client = context.Connect(parsed);
            var origin = await client.Jobs.GetJobAsync(new GetJobRequest { Id = parsed.GetValue(id) }, deadline: context.Soon, cancellationToken: cancellationToken);
            await ConfirmRetryAsync(context, client, origin, parsed.GetValue(yes), cancellationToken);
            var job = await client.Jobs.RetryJobAsync(
                new RetryJobRequest { Id = origin.Id, RequestId = Guid.NewGuid().ToString("N") },
                deadline: context.Soon,
                cancellationToken: cancellationToken);
            if (parsed.GetValue(detach))
            {
                context.Screen.Writer.WriteLine($"{job.Id}");
                return ExitCode.Success;
            }

            var follower = new JobFollower(client, context.Screen, context.Time, context.CtrlC, show.IsForPrograms(parsed));
            return await follower.FollowAsync(job, show.Create(parsed, context.Screen, job), FollowMode.Own);
        });
        return command;
    }

    // As many hosts ask for a yes as when the job was new.
    private static async Task ConfirmRetryAsync(CommandContext context, FleetClient client, Job origin, bool yes, CancellationToken cancellationToken)
    {
        var confirmation = new HostConfirmation(HostConfirmation.AboveOfUser(), yes, context.Screen.Input, context.Screen.Err);
        if (!confirmation.MayAsk)
            return;
        var failed = await JobTables.ReadTasksAsync(context, client, origin, cancellationToken);
        var preview = new TargetPreview { Names = { failed.Where(task => task.State != TaskState.Succeeded).Select(task => task.AgentName) } };
        confirmation.Ask($"retry of {origin.Id}: {origin.Summary}", preview, everyHost: false);
    }
}
