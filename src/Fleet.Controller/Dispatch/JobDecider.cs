using System.Globalization;
using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>Decides what happens to a job's tasks next. Pure: it reads the state and the time, and changes nothing.</summary>
/// <remarks>
/// Every task ends by one of these bounds, whatever its agent does:
/// <code>
/// state              ends at                                                   as
/// pending, away      start of the absence + delivery timeout                   expired
/// pending, held      start of the hold + delivery timeout                      expired
/// pending            the job is cancelled / over its failure limit / deadline  cancelled / skipped / expired
/// in flight, away    last word + delivery + run timeout + grace + LostAfter    interrupted
/// in flight, linked  told to end + grace + LostAfter                           interrupted
/// in flight          deadline + grace + LostAfter                              interrupted
/// in flight, linked  at once, if the agent does not have it                    see <see cref="MissingTask"/>
/// any                its agent is removed                                      expired if pending, else interrupted
/// any                a record of it can never be stored                        interrupted
/// </code>
/// The agent's own record decides wherever it comes before the bound.
/// </remarks>
internal static class JobDecider
{
    /// <summary>What is to be done now.</summary>
    public static JobDecision Decide(RunningJob job, DateTimeOffset now, DispatchOptions options)
    {
        var decision = new JobDecision();
        var stop = WhyNothingStarts(job, now);
        var room = stop is null ? Math.Min(job.Plan.MaxConcurrent - job.InFlight, job.StartAllowance.Available(now)) : 0;
        var isHeldBack = false;

        foreach (var slot in job.Open)
        {
            if (slot.HasEnded)
                continue;
            if (slot.Agent.IsRemoved)
                decision.Ends.Add(EndOfRemoved(slot));
            else if (slot.GivenUp is { } fault)
                decision.Ends.Add(new TaskEnding(slot, TaskState.Interrupted, fault));
            else if (slot.IsMissing && slot.Agent.IsLinked)
                MissingTask.Decide(slot, now, options, decision);
            else if (slot.IsInFlight)
                DecideInFlight(slot, now, options, decision);
            else if (stop is { } ending)
                decision.Ends.Add(new TaskEnding(slot, ending.State, ending.Reason));
            else if (slot.Agent.HeldSince is { } heldSince)
                DecideHeld(slot, heldSince, now, decision);
            else if (!slot.Agent.IsLinked)
                DecideAway(slot, now, options, decision);
            else if (slot.Agent.InFlight < options.MaxTasksPerAgent)
            {
                isHeldBack |= room <= 0;
                if (room-- > 0)
                    decision.Dispatches.Add(slot);
            }
        }

        // Whom only the rate holds back gets its turn in time; everything else that frees room is an event.
        if (isHeldBack && job.InFlight + decision.Dispatches.Count < job.Plan.MaxConcurrent)
            decision.Wake(job.StartAllowance.NextAt(now, decision.Dispatches.Count));
        if (stop is null)
            decision.Wake(job.Plan.DeadlineAt);
        return decision;
    }

    /// <summary>Until when a pending task may wait for its agent, as long as that stays away.</summary>
    /// <remarks>
    /// The clock runs while the agent is away, from the job's creation on. An agent that was there after the job was created has
    /// blinked: it gets the reconnect grace at least, or a controller's restart would expire every job with a short delivery timeout.
    /// </remarks>
    public static DateTimeOffset DeliverBy(TaskSlot slot, DispatchOptions options)
    {
        var plan = slot.Job.Plan;
        if (slot.Agent.AwaySince <= plan.CreatedAt)
            return plan.CreatedAt + plan.DeliveryTimeout;

        var wait = plan.DeliveryTimeout > options.ReconnectGrace ? plan.DeliveryTimeout : options.ReconnectGrace;
        return slot.Agent.AwaySince + wait;
    }

    private static TaskEnding EndOfRemoved(TaskSlot slot) => slot.IsInFlight
        ? new TaskEnding(slot, TaskState.Interrupted, "the agent was removed while it had the task; what it did is unknown")
        : new TaskEnding(slot, TaskState.Expired, "the agent was removed before the task was sent");

    private static (TaskState State, string Reason)? WhyNothingStarts(RunningJob job, DateTimeOffset now)
    {
        if (job.CancelledBy is { } by)
            return (TaskState.Cancelled, $"cancelled by {by} before it was sent");
        if (now >= job.Plan.DeadlineAt)
            return (TaskState.Expired, "the job's deadline passed before it was sent");
        if (job.Plan.MaxFailures is { } limit && job.Failures > limit)
            return (TaskState.Skipped, $"{job.Failures} tasks did not succeed, the job allows {limit}");
        return null;
    }

    private static void DecideAway(TaskSlot slot, DateTimeOffset now, DispatchOptions options, JobDecision decision)
    {
        var deliverBy = DeliverBy(slot, options);
        if (now < deliverBy)
        {
            decision.Wake(deliverBy);
            return;
        }

        var reason = slot.Job.Plan.DeliveryTimeout == TimeSpan.Zero
            ? "the agent was not connected"
            : $"the agent did not connect within the delivery timeout; away since {Text(slot.Agent.AwaySince)}";
        decision.Ends.Add(new TaskEnding(slot, TaskState.Expired, reason));
    }

    // Two processes use the agent's identity: until an operator has decided, nobody knows which of them would get the task and its secrets.
    private static void DecideHeld(TaskSlot slot, DateTimeOffset heldSince, DateTimeOffset now, JobDecision decision)
    {
        var plan = slot.Job.Plan;
        var by = (heldSince > plan.CreatedAt ? heldSince : plan.CreatedAt) + plan.DeliveryTimeout;
        if (now < by)
        {
            decision.Wake(by);
            return;
        }

        decision.Ends.Add(new TaskEnding(
            slot, TaskState.Expired,
            $"new tasks of this agent are held since {Text(heldSince)} because two processes use its identity; "
                + "'fleet agents show' tells more, 'fleet agents clear-duplicate' releases it"));
    }

    private static void DecideInFlight(TaskSlot slot, DateTimeOffset now, DispatchOptions options, JobDecision decision)
    {
        var plan = slot.Job.Plan;
        var (giveUpAt, reason) = GiveUpAt(slot, options);
        if (now >= giveUpAt)
        {
            decision.Ends.Add(new TaskEnding(slot, TaskState.Interrupted, reason));
            if (slot.Agent.IsLinked)
                decision.Cancels.Add(new TaskCancelling(slot, CancelCause.Abandoned, reason));
            return;
        }

        decision.Wake(giveUpAt);
        if (!slot.Agent.IsLinked || slot.CancelSent != CancelCause.None)
            return;
        if (slot.Job.CancelledBy is { } by)
            Tell(slot, CancelCause.Operator, $"cancelled by {by}", now, options, decision);
        else if (now >= plan.DeadlineAt)
            Tell(slot, CancelCause.Deadline, "the job's deadline passed", now, options, decision);
        else
            decision.Wake(plan.DeadlineAt);
    }

    private static void Tell(
        TaskSlot slot, CancelCause cause, string reason, DateTimeOffset now, DispatchOptions options, JobDecision decision)
    {
        decision.Cancels.Add(new TaskCancelling(slot, cause, reason));
        // Not told yet when the bound above was computed.
        decision.Wake((slot.CancelSentAt ?? now) + slot.Job.Plan.KillGrace + options.LostAfter);
    }

    private static (DateTimeOffset At, string Reason) GiveUpAt(TaskSlot slot, DispatchOptions options)
    {
        var plan = slot.Job.Plan;
        var at = plan.DeadlineAt + plan.KillGrace + options.LostAfter;
        var reason = $"the job's deadline passed at {Text(plan.DeadlineAt)} and the agent has not reported an end";
        if (!slot.Agent.IsLinked)
        {
            var lostAt = slot.Agent.AwaySince + plan.DeliveryTimeout + plan.RunTimeout + plan.KillGrace + options.LostAfter;
            if (lostAt < at)
                return (lostAt, $"no word from the agent since {Text(slot.Agent.AwaySince)}; what it did is unknown");
        }
        else if (slot.CancelSentAt is { } told && told + plan.KillGrace + options.LostAfter is var endBy && endBy < at)
        {
            return (endBy, $"the agent was told to end it at {Text(told)} and has not reported an end");
        }

        return (at, reason);
    }

    private static string Text(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
