using Fleet.Controller.Dispatch;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using Stored = Fleet.Storage.TaskCounts;
using TaskCounts = Fleet.Protocol.V1.TaskCounts;
using TaskRecord = Fleet.Storage.TaskRecord;

namespace Fleet.Controller.Jobs;

/// <summary>Translates what is stored of jobs into what operators see.</summary>
internal static class JobMessages
{
    /// <summary>A job, with its options and spec where the payload is at hand.</summary>
    public static Job ToMessage(JobRecord job, JobPayload? payload = null, bool isRedacted = false)
    {
        var message = Fixed(job, payload, isRedacted);
        message.Done = job.State == JobState.Done;
        message.EndedMs = Ms(job.FinishedAt);
        message.CancelRequested = job.CancelRequestedAt is not null;
        message.CancelledBy = job.CancelRequestedBy ?? "";
        message.Counts = ToMessage(job.Counts);
        return message;
    }

    /// <summary>What never changes of a job.</summary>
    public static Job Fixed(JobRecord job, JobPayload? payload, bool isRedacted = false) => new()
    {
        Id = job.Id,
        CreatedMs = Ms(job.CreatedAt),
        OperatorName = job.OperatorName,
        Target = job.Target,
        Summary = job.Summary,
        Options = payload is null ? null : JobOptions.Parser.ParseFrom(payload.OptionsBytes),
        Spec = payload is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(payload.SpecBytes),
        SpecSha256 = UnsafeByteOperations.UnsafeWrap(job.SpecDigest),
        SpecRedacted = isRedacted,
        RetryOf = job.RetryOf ?? "",
        DeadlineMs = Ms(job.Deadline),
    };

    /// <summary>A task.</summary>
    public static TaskInfo ToMessage(TaskRecord task)
    {
        var message = new TaskInfo
        {
            Ordinal = (uint)task.Ordinal,
            AgentId = task.AgentId,
            AgentName = task.AgentName,
            State = TaskEnds.ToWire(task.State),
            Reason = task.Reason ?? "",
            StartedMs = Ms(task.StartedAt),
            EndedMs = Ms(task.EndedAt),
        };
        if (task.ExitCode is { } code)
            message.ExitCode = code;
        return message;
    }

    /// <summary>An event of the log.</summary>
    /// <param name="stored">The event.</param>
    /// <param name="fixedJob">What never changes of its job, for the events that are the job's.</param>
    public static JobEvent ToMessage(TaskEvent stored, Job fixedJob)
    {
        var message = new JobEvent { Seq = (ulong)stored.Seq, AtMs = Ms(stored.At), Ordinal = (uint)stored.Ordinal };
        switch (stored.Kind)
        {
            case TaskEventKind.Dispatched:
                message.Dispatched = new TaskDispatched();
                break;
            case TaskEventKind.Started:
                message.Started = new TaskStarted();
                break;
            case TaskEventKind.Output:
                message.Output = OutputChunk.Parser.ParseFrom(stored.Data);
                break;
            case TaskEventKind.StepEnded:
                message.StepEnded = StepEnded.Parser.ParseFrom(stored.Data);
                break;
            case TaskEventKind.Ended:
                message.Ended = TaskEnded.Parser.ParseFrom(stored.Data);
                break;
            case TaskEventKind.Note:
                // The one remark there is: somebody asked to cancel. Built from what was stored then, so that every replay says the same.
                message.Job = fixedJob.Clone();
                message.Job.CancelRequested = true;
                message.Job.CancelledBy = System.Text.Encoding.UTF8.GetString(stored.Data);
                break;
        }

        return message;
    }

    private static TaskCounts ToMessage(Stored counts) => new()
    {
        Total = (uint)counts.Total,
        Pending = (uint)counts.Pending,
        Dispatched = (uint)counts.Dispatched,
        Running = (uint)counts.Running,
        Succeeded = (uint)counts.Succeeded,
        Failed = (uint)counts.Failed,
        TimedOut = (uint)counts.TimedOut,
        Cancelled = (uint)counts.Cancelled,
        Rejected = (uint)counts.Rejected,
        Expired = (uint)counts.Expired,
        Interrupted = (uint)counts.Interrupted,
        Skipped = (uint)counts.Skipped,
    };

    private static long Ms(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? 0;
}
