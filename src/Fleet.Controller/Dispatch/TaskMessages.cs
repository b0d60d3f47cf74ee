using Fleet.Protocol.V1;

namespace Fleet.Controller.Dispatch;

/// <summary>What dispatch says to agents.</summary>
internal static class TaskMessages
{
    /// <summary>Hands a task over. All tasks of a job share the bytes of its spec, or of that for their architecture.</summary>
    public static ControllerMessage Start(TaskSlot slot, DateTimeOffset now)
    {
        var plan = slot.Job.Plan;
        var fitting = plan.ByArchitecture.GetValueOrDefault(slot.Agent.Link?.Architecture ?? "");
        return new ControllerMessage
        {
            StartTask = new StartTask
            {
                TaskId = slot.TaskId,
                Spec = fitting?.Spec ?? plan.Spec,
                SpecSha256 = fitting?.Digest ?? plan.SpecDigest,
                StreamBytes = plan.StreamBytes,
                StartTimeoutMs = Math.Max(1, (long)plan.StartWithin(now).TotalMilliseconds),
            },
        };
    }

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
