using Fleet.Protocol.V1;

namespace Fleet.Controller.Dispatch;

/// <summary>What dispatch says to agents.</summary>
internal static class TaskMessages
{
    /// <summary>Hands a task over. All tasks of a job share the bytes of its spec.</summary>
    public static ControllerMessage Start(TaskSlot slot, DateTimeOffset now) => new()
    {
        StartTask = new StartTask
        {
            TaskId = slot.TaskId,
            Spec = slot.Job.Plan.Spec,
            SpecSha256 = slot.Job.Plan.SpecDigest,
            StreamBytes = slot.Job.Plan.StreamBytes,
            StartWithinMs = Math.Max(1, (long)slot.Job.Plan.StartWithin(now).TotalMilliseconds),
        },
    };

    /// <summary>Asks for a task's end.</summary>
    public static ControllerMessage Cancel(string taskId, CancelCause cause, string reason) => new()
    {
        CancelTask = new CancelTask
        {
            TaskId = taskId,
            Cause = cause switch
            {
                CancelCause.Operator => CancelTask.Types.Cause.Operator,
                CancelCause.Deadline => CancelTask.Types.Cause.Deadline,
                _ => CancelTask.Types.Cause.Abandoned,
            },
            Reason = reason,
        },
    };
}
