using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>Decides about a task that was handed over and that its agent, just linked, does not have. Pure.</summary>
/// <remarks>
/// <code>
/// handed to            started   verdict
/// same incarnation     no        it never arrived: sent again, unless it is too late or cancelled
/// same incarnation     yes       interrupted: the journal of it is gone
/// another incarnation  any       interrupted: host or journal died with it; it is never sent again
/// </code>
/// A task that the agent does have needs no decision: its records flow on from the last stored one.
/// </remarks>
internal static class MissingTask
{
    /// <summary>Sends it again or ends it.</summary>
    public static void Decide(TaskSlot slot, DateTimeOffset now, DispatchOptions options, JobDecision decision)
    {
        if (EndOf(slot, now, options) is { } ending)
        {
            decision.Ends.Add(ending);
            return;
        }

        decision.Resends.Add(slot);
        // In a job that starts nothing any more, nobody else asks to be woken for its deadline.
        decision.Wake(slot.Job.Plan.DeadlineAt);
    }

    private static TaskEnding? EndOf(TaskSlot slot, DateTimeOffset now, DispatchOptions options)
    {
        if (slot.DispatchedTo != slot.Agent.Incarnation)
            return new TaskEnding(slot, TaskState.Interrupted,
                "the host was restarted (or its journal lost) while it had the task; what it did is unknown");
        if (slot.State == TaskState.Running)
            return new TaskEnding(slot, TaskState.Interrupted,
                "the agent lost its record of the task after it had started; what it did is unknown");
        if (slot.Job.CancelledBy is { } by)
            return new TaskEnding(slot, TaskState.Cancelled, $"cancelled by {by} before it arrived");
        if (now >= slot.Job.Plan.DeadlineAt)
            return new TaskEnding(slot, TaskState.Expired, "the job's deadline passed before it arrived");
        if (now >= JobDecider.DeliverBy(slot, options))
            return new TaskEnding(slot, TaskState.Expired, "the agent did not connect within the delivery timeout");
        return null;
    }
}
