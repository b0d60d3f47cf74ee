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
/// in flight          deadline, or cancelled, + grace + LostTimeout               interrupted
/// in flight, away    last word + delivery + run timeout + grace + LostTimeout    interrupted
/// dispatched, linked told to end + grace + CancelTimeout                        interrupted
/// dispatched, linked handed over + the time it may wait there + LostTimeout      interrupted
/// running, linked    started + run timeout + grace, and no word for LostTimeout  interrupted
/// in flight, linked  at once, if the agent does not have it                    see <see cref="MissingTask"/>
/// any                its agent is removed                                      expired if pending, else interrupted
/// any                a record of it can never be stored                        interrupted
/// </code>
/// The agent's own record decides wherever it comes before the bound; one that comes after it is late, and the agent is told to give the
/// task up. None of these tasks is ever handed over again: it may have run.
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

        var wait = plan.DeliveryTimeout > options.ReconnectGracePeriod ? plan.DeliveryTimeout : options.ReconnectGracePeriod;
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
            : $"the agent did not connect within the delivery timeout; offline since {Text(slot.Agent.AwaySince)}";
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
                + "see 'fleet agents show'; 'fleet agents clear-duplicate' clears it"));
    }

    private static void DecideInFlight(TaskSlot slot, DateTimeOffset now, DispatchOptions options, JobDecision decision)
    {
        var plan = slot.Job.Plan;
        var (giveUpAt, reason) = GiveUpAt(slot, options);
        if (now >= giveUpAt)
        {
            decision.Ends.Add(new TaskEnding(slot, TaskState.Interrupted, $"{reason}; what it did is unknown"));
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
        decision.Wake(now + slot.Job.Plan.KillGrace + options.CancelTimeout);
    }

    // The first bound that applies, and what it says of the task.
    private static (DateTimeOffset At, string Reason) GiveUpAt(TaskSlot slot, DispatchOptions options)
    {
        var plan = slot.Job.Plan;
        var first = (At: plan.DeadlineAt + plan.KillGrace + options.LostTimeout,
            Reason: $"the job's deadline passed at {Text(plan.DeadlineAt)} and the agent has not reported an end");
        if (slot.Job.CancelledAt is { } cancelledAt)
            Bound(cancelledAt + plan.KillGrace + options.LostTimeout, $"the job was cancelled at {Text(cancelledAt)} and the agent{AwayText(slot)} has not reported an end");
        if (!slot.Agent.IsLinked)
        {
            Bound(slot.Agent.AwaySince + plan.DeliveryTimeout + plan.RunTimeout + plan.KillGrace + options.LostTimeout,
                $"nothing received from the agent since {Text(slot.Agent.AwaySince)}");
            return first;
        }

        if (slot.State == TaskState.Dispatched && slot.CancelSentAt is { } told)
            Bound(told + plan.KillGrace + options.CancelTimeout, $"the agent is connected, was asked to end it at {Text(told)}, and has reported neither a start nor an end");
        Bound(OverdueAt(slot, options), slot.State == TaskState.Dispatched
            ? "the agent is connected, and has reported neither a start nor an end within the time that the task may wait there"
            : "the agent is connected, and has not reported an end though the run timeout passed");
        return first;

        void Bound(DateTimeOffset at, string reason)
        {
            if (at < first.At)
                first = (at, reason);
        }
    }

    /// <summary>When a connected agent should long have said what became of a task that nobody has asked it to end.</summary>
    /// <remarks>
    /// Times are this controller's: of a start before its own it does not know how long ago that was. Output that is still coming in,
    /// as after a long absence, keeps the task open.
    /// </remarks>
    public static DateTimeOffset OverdueAt(TaskSlot slot, DispatchOptions options)
    {
        var plan = slot.Job.Plan;
        if (slot.State == TaskState.Dispatched)
        {
            var handedAt = Later(slot.HandedAt, slot.Agent.LinkedSince);
            return handedAt + plan.StartWithin(handedAt) + options.LostTimeout;
        }

        return Later(slot.LastWordAt, Later(slot.StartedAt, slot.Agent.LinkedSince) + plan.RunTimeout + plan.KillGrace) + options.LostTimeout;
    }

    private static DateTimeOffset Later(DateTimeOffset? left, DateTimeOffset right) => left > right ? left.Value : right;

    private static string AwayText(TaskSlot slot) => slot.Agent.IsLinked ? "" : $", away since {Text(slot.Agent.AwaySince)},";

    private static string Text(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
