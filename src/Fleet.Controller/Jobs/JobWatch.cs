using Fleet.Controller.Dispatch;
using Fleet.Controller.Identity;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Jobs;

/// <summary>Follows a job's log for one operator: from the store, by cursor. Signals only say when to look again.</summary>
/// <remarks>So replay and live are the same reads, a slow watcher costs nothing but its own time, and nothing is queued or lost.</remarks>
internal sealed class JobWatch(IFleetStore store, JobSignals signals, TimeProvider time)
{
    private const int RowsPerRead = 512;
    private const int BytesPerRead = 1 << 20;
    private const int TasksPerMessage = 500;

    /// <summary>Looks no more often than this while the log grows, so that a busy job does not read the store for every commit.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Looks at least this often, should a signal ever be missed.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Writes the log from the request's cursor on, and then live until the job is done.</summary>
    public async Task RunAsync(
        JobRecord job, CallerIdentity.Operator caller, WatchJobRequest request, IServerStreamWriter<JobEvent> responses,
        CancellationToken cancellationToken)
    {
        using var watch = signals.Subscribe(job.Id);
        var payload = ShownJob.For(caller, await store.Jobs.GetPayloadAsync(job.Id, cancellationToken), out var isRedacted);
        var fixedJob = JobMessages.Fixed(job, payload, isRedacted);
        await DescribeAsync(job, JobMessages.ToMessage(job, payload, isRedacted), request, responses, cancellationToken);

        var cursor = (long)request.AfterSeq;
        while (true)
        {
            // The order matters: the state is read before the log. A job that was done then has its whole log in the store.
            var next = watch.Next;
            var now = await store.Jobs.GetAsync(job.Id, cancellationToken) ?? throw JobFinder.Unknown(job.Id);
            cursor = await WriteLogAsync(job.Id, cursor, request, fixedJob, responses, cancellationToken);
            if (now.State == JobState.Done || request.NoFollow)
            {
                await EndAsync(now, cursor, responses, cancellationToken);
                return;
            }

            await Task.Delay(LookPause, time, cancellationToken);
            await WaitAsync(next, cancellationToken);
        }
    }

    private async Task DescribeAsync(
        JobRecord job, Job shown, WatchJobRequest request, IServerStreamWriter<JobEvent> responses, CancellationToken cancellationToken)
    {
        await responses.WriteAsync(new JobEvent { Job = shown }, cancellationToken);

        var tasks = await store.Jobs.ListTasksAsync(job.Id, new TaskQuery(), cancellationToken);
        foreach (var page in tasks.Chunk(TasksPerMessage))
        {
            var list = new TaskList();
            list.Tasks.AddRange(page.Select(JobMessages.ToMessage));
            await responses.WriteAsync(new JobEvent { Tasks = list }, cancellationToken);
        }

        if (job.OutputDroppedAt is null || request.AfterSeq > 0)
            return;

        // Retention took the log. How each task ended is still known, and stands in for it.
        await responses.WriteAsync(new JobEvent { OutputRemoved = new OutputRemoved() }, cancellationToken);
        foreach (var task in tasks.Where(static task => task.ResultBytes is not null))
        {
            var ended = new JobEvent { Ordinal = (uint)task.Ordinal, AtMs = task.EndedAt?.ToUnixTimeMilliseconds() ?? 0 };
            ended.Ended = TaskEnded.Parser.ParseFrom(task.ResultBytes);
            await responses.WriteAsync(ended, cancellationToken);
        }
    }

    private async Task<long> WriteLogAsync(
        string jobId, long cursor, WatchJobRequest request, Job fixedJob, IServerStreamWriter<JobEvent> responses,
        CancellationToken cancellationToken)
    {
        EventPage page;
        do
        {
            page = await store.Events.ReadAsync(jobId, cursor, RowsPerRead, BytesPerRead, cancellationToken);
            for (var i = 0; i < page.Events.Count; i++)
            {
                var stored = page.Events[i];
                cursor = stored.Seq;
                if (request.WithoutOutput && stored.Kind == TaskEventKind.Output)
                    continue;
                // One flush a page.
                responses.WriteOptions = i < page.Events.Count - 1 ? Buffered : null;
                await responses.WriteAsync(JobMessages.ToMessage(stored, fixedJob), cancellationToken);
            }
        }
        while (page.More);
        return cursor;
    }

    private static async Task EndAsync(JobRecord job, long cursor, IServerStreamWriter<JobEvent> responses, CancellationToken cancellationToken)
    {
        responses.WriteOptions = null;
        if (job.State != JobState.Done)
            return;
        var ended = new JobEvent { Seq = (ulong)cursor, AtMs = job.FinishedAt?.ToUnixTimeMilliseconds() ?? 0 };
        ended.JobEnded = new JobEnded { Job = JobMessages.ToMessage(job) };
        await responses.WriteAsync(ended, cancellationToken);
    }

    private async Task WaitAsync(Task next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(LongestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Look again.
        }
    }

    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);
}
