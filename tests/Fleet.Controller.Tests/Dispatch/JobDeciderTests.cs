using Fleet.Controller.Dispatch;
using Fleet.Storage;

namespace Fleet.Controller.Tests.Dispatch;

public sealed class JobDeciderTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Linked_agents_get_their_tasks_and_the_others_wait()
    {
        var decision = SomeJob.Of(3).Linked(1, 3).Decide();

        Ordinals(decision.Dispatches).ShouldBe([1, 3]);
        decision.Ends.ShouldBeEmpty();
        decision.WakeAt.ShouldBe(SomeJob.Start + (5 * Minute));
    }

    [Fact]
    public void A_task_for_an_agent_that_stays_away_expires_when_the_delivery_timeout_passes()
    {
        var job = SomeJob.Of(1);

        job.Decide((5 * Minute) - Second).Ends.ShouldBeEmpty();
        var ending = job.Decide(5 * Minute).Ends.ShouldHaveSingleItem();
        ending.State.ShouldBe(TaskState.Expired);
        ending.Reason.ShouldContain("delivery timeout");
    }

    [Fact]
    public void Tasks_of_an_identity_that_two_processes_use_wait_for_an_operator_and_expire_by_the_delivery_timeout()
    {
        var job = SomeJob.Of(2).AllLinked();
        job.Slot(1).Agent.Hold(SomeJob.Start - Minute);

        var decision = job.Decide();
        Ordinals(decision.Dispatches).ShouldBe([2]);
        decision.WakeAt.ShouldBe(SomeJob.Start + (5 * Minute), "it waits from the job's creation on");
        job.Decide((5 * Minute) - Second).Ends.ShouldBeEmpty();
        var ending = job.Decide(5 * Minute).Ends.ShouldHaveSingleItem();
        (ending.Slot.Ordinal, ending.State).ShouldBe((1, TaskState.Expired));
        ending.Reason.ShouldContain("clear-duplicate");

        job.Slot(1).Agent.Hold(null);
        Ordinals(job.Decide().Dispatches).ShouldBe([1, 2]);
    }

    [Fact]
    public void Without_a_delivery_timeout_agents_without_a_link_expire_at_once()
    {
        var job = SomeJob.Of(2, plan => plan with { DeliveryTimeout = TimeSpan.Zero }).Linked(2);

        var decision = job.Decide();

        decision.Ends.ShouldHaveSingleItem().Slot.Ordinal.ShouldBe(1);
        Ordinals(decision.Dispatches).ShouldBe([2]);
    }

    [Fact]
    public void An_agent_that_was_there_may_blink_even_without_a_delivery_timeout()
    {
        var job = SomeJob.Of(2, plan => plan with { DeliveryTimeout = TimeSpan.Zero, MaxConcurrent = 1 }).AllLinked().Sent(1);
        job.Unlink(2, SomeJob.Start + Second);

        job.Decide(2 * Second).Ends.ShouldBeEmpty();
        job.Decide(Second + job.Options.ReconnectGracePeriod).Ends.ShouldHaveSingleItem().Slot.Ordinal.ShouldBe(2);
    }

    [Fact]
    public void No_more_tasks_are_in_progress_than_the_job_allows()
    {
        var job = SomeJob.Of(5, plan => plan with { MaxConcurrent = 2 }).AllLinked();

        Ordinals(job.Decide().Dispatches).ShouldBe([1, 2]);
        job.Sent(1, 2).Decide().Dispatches.ShouldBeEmpty();
        job.Slot(1).MoveTo(TaskState.Succeeded);
        Ordinals(job.Decide().Dispatches).ShouldBe([3]);
    }

    [Fact]
    public void The_rate_bounds_starts_and_asks_to_be_woken_for_the_next()
    {
        var job = SomeJob.Of(3, plan => plan with { RatePerSecond = 2 }).AllLinked();

        var first = job.Decide();
        Ordinals(first.Dispatches).ShouldBe([1]);
        job.Job.StartAllowance.Take(1);
        job.Sent(1);

        var next = job.Decide();
        next.Dispatches.ShouldBeEmpty();
        next.WakeAt.ShouldBe(SomeJob.Start + (Second / 2));
        Ordinals(job.Decide(Second / 2).Dispatches).ShouldBe([2]);
    }

    [Fact]
    public void The_rate_wakes_nobody_for_agents_that_are_away()
    {
        var job = SomeJob.Of(3, plan => plan with { RatePerSecond = 2 });

        job.Decide().WakeAt.ShouldBe(SomeJob.Start + SomeJob.Plan.DeliveryTimeout);
    }

    [Fact]
    public void An_agent_is_not_given_more_tasks_than_it_may_hold()
    {
        var job = SomeJob.Of(1).AllLinked();
        job.Options = job.Options with { MaxTasksPerAgent = 1 };
        job.Agents[0].InFlight = 1;

        job.Decide().Dispatches.ShouldBeEmpty();
    }

    [Fact]
    public void Beyond_the_failure_limit_nothing_starts_any_more_and_what_waits_is_skipped()
    {
        var job = SomeJob.Of(4, plan => plan with { MaxFailures = 1 }).AllLinked().Sent(1, 2);
        job.Slot(1).MoveTo(TaskState.Failed);
        Ordinals(job.Decide().Dispatches).ShouldBe([3, 4]);

        job.Slot(2).MoveTo(TaskState.TimedOut);
        var decision = job.Decide();

        decision.Dispatches.ShouldBeEmpty();
        decision.Ends.Select(ending => (ending.Slot.Ordinal, ending.State)).ShouldBe([(3, TaskState.Skipped), (4, TaskState.Skipped)]);
    }

    [Fact]
    public void A_cancelled_job_ends_what_waits_and_tells_the_agents_of_what_they_have_once()
    {
        var job = SomeJob.Of(3).Linked(1, 2).Sent(1);
        job.Job.Cancel("ann", SomeJob.Start);

        var decision = job.Decide();
        decision.Ends.Select(ending => (ending.Slot.Ordinal, ending.State)).ShouldBe([(2, TaskState.Cancelled), (3, TaskState.Cancelled)]);
        var told = decision.Cancels.ShouldHaveSingleItem();
        (told.Slot.Ordinal, told.Cause, told.Reason).ShouldBe((1, CancelCause.Operator, "cancelled by ann"));

        job.Slot(1).MarkCancelSent(told.Cause, SomeJob.Start);
        job.Decide().Cancels.ShouldBeEmpty();
    }

    [Fact]
    public void A_task_that_runs_on_though_its_agent_was_told_to_end_it_is_given_up()
    {
        var job = SomeJob.Of(1).AllLinked().Sent(1);
        job.Slot(1).MoveTo(TaskState.Running);
        job.Job.Cancel("ann", SomeJob.Start);
        job.Slot(1).MarkCancelSent(CancelCause.Operator, SomeJob.Start);
        var limit = SomeJob.Plan.KillGrace + job.Options.LostTimeout;

        job.Decide(limit - Second).Ends.ShouldBeEmpty();
        job.Decide().WakeAt.ShouldBe(SomeJob.Start + limit);
        var decision = job.Decide(limit);
        decision.Ends.ShouldHaveSingleItem().State.ShouldBe(TaskState.Interrupted);
        decision.Cancels.ShouldHaveSingleItem().Cause.ShouldBe(CancelCause.Abandoned);
    }

    // A full disk kept agents from saying anything of a task that they had: neither a cancel nor the deadline ended its job soon.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connected_agent_that_does_not_answer_for_a_task_costs_a_cancel_or_the_deadline_seconds(bool isDeadline)
    {
        var job = SomeJob.Of(1, plan => isDeadline ? plan with { DeadlineAt = SomeJob.Start + Second } : plan).AllLinked().Sent(1);
        var asked = isDeadline ? Second : TimeSpan.Zero;
        if (!isDeadline)
            job.Job.Cancel("ann", SomeJob.Start);
        var told = job.Decide(asked);
        told.Cancels.ShouldHaveSingleItem().Cause.ShouldBe(isDeadline ? CancelCause.Deadline : CancelCause.Operator);
        var limit = asked + SomeJob.Plan.KillGrace + job.Options.CancelTimeout;
        told.WakeAt.ShouldBe(SomeJob.Start + limit);
        job.Slot(1).MarkCancelSent(told.Cancels[0].Cause, SomeJob.Start + asked);

        job.Decide(limit - Second).Ends.ShouldBeEmpty();
        var decision = job.Decide(limit);
        var ending = decision.Ends.ShouldHaveSingleItem();
        ending.State.ShouldBe(TaskState.Interrupted);
        ending.Reason.ShouldEndWith("and has reported neither a start nor an end; what it did is unknown");
        decision.Cancels.ShouldHaveSingleItem().Cause.ShouldBe(CancelCause.Abandoned);
    }

    [Fact]
    public void A_cancel_ends_a_task_also_while_its_agent_stays_away_or_comes_and_goes()
    {
        var job = SomeJob.Of(1, plan => plan with { RunTimeout = TimeSpan.FromDays(7), DeadlineAt = SomeJob.Start + TimeSpan.FromDays(8) }).AllLinked().Sent(1);
        job.Slot(1).MoveTo(TaskState.Running);
        job.Unlink(1, SomeJob.Start);
        job.Job.Cancel("ann", SomeJob.Start + Minute);
        var limit = Minute + SomeJob.Plan.KillGrace + job.Options.LostTimeout;

        job.Decide(limit - Second).Ends.ShouldBeEmpty();
        job.Decide(limit - Second).WakeAt.ShouldBe(SomeJob.Start + limit);
        var ending = job.Decide(limit).Ends.ShouldHaveSingleItem();
        ending.State.ShouldBe(TaskState.Interrupted);
        ending.Reason.ShouldBe("the job was cancelled at 2026-11-21 12:01:00Z and the agent, away since 2026-11-21 12:00:00Z, has not reported an end; what it did is unknown");

        // Told anew over each link: that does not put the bound off.
        job.Agents[0].Attach(new FakeLink(), "boot/journal", new HashSet<string> { job.Slot(1).TaskId }, SomeJob.Start + limit - Second);
        job.Decide(limit - Second).Cancels.ShouldHaveSingleItem().Cause.ShouldBe(CancelCause.Operator);
        job.Decide(limit).Ends.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_connected_agent_that_says_nothing_of_a_task_long_after_its_run_timeout_has_lost_it()
    {
        var job = SomeJob.Of(1).AllLinked().Sent(1);
        job.Slot(1).MoveTo(TaskState.Running);
        job.Slot(1).StoredUpTo(1, SomeJob.Start + Second);
        var limit = Second + SomeJob.Plan.RunTimeout + SomeJob.Plan.KillGrace + job.Options.LostTimeout;

        job.Decide(limit - Second).Ends.ShouldBeEmpty();
        job.Decide().WakeAt.ShouldBe(SomeJob.Start + limit);
        var ending = job.Decide(limit).Ends.ShouldHaveSingleItem();
        ending.State.ShouldBe(TaskState.Interrupted);
        ending.Reason.ShouldBe("the agent is connected, and has not reported an end though the run timeout passed; what it did is unknown");

        // What is still coming in, after a long absence say, is no silence.
        job.Slot(1).StoredUpTo(7, SomeJob.Start + limit - Second);
        job.Decide(limit).Ends.ShouldBeEmpty();
    }

    [Fact]
    public void A_connected_agent_that_neither_starts_nor_rejects_a_task_in_time_has_lost_it()
    {
        var job = SomeJob.Of(1).AllLinked().Sent(1);
        var limit = SomeJob.Plan.StartWithin(SomeJob.Start) + job.Options.LostTimeout;

        job.Decide(limit - Second).Ends.ShouldBeEmpty();
        job.Decide(limit).Ends.ShouldHaveSingleItem().Reason.ShouldContain("neither a start nor an end within the time that the task may wait there");
    }

    [Fact]
    public void A_task_of_a_lost_agent_is_interrupted_after_all_its_timeouts_and_says_since_when()
    {
        var job = SomeJob.Of(1).AllLinked().Sent(1);
        job.Unlink(1, SomeJob.Start + Second);
        var limit = Second + SomeJob.Plan.DeliveryTimeout + SomeJob.Plan.RunTimeout + SomeJob.Plan.KillGrace + job.Options.LostTimeout;

        job.Decide(limit - Second).Ends.ShouldBeEmpty();
        var ending = job.Decide(limit).Ends.ShouldHaveSingleItem();
        ending.State.ShouldBe(TaskState.Interrupted);
        ending.Reason.ShouldContain("nothing received from the agent since 2026-11-21 12:00:01Z");
    }

    [Fact]
    public void At_the_deadline_what_waits_expires_and_agents_are_told_to_end_the_rest()
    {
        var job = SomeJob.Of(2, plan => plan with { RunTimeout = TimeSpan.FromHours(2) }).Linked(1).Sent(1);
        job.Slot(1).MoveTo(TaskState.Running);

        var decision = job.Decide(60 * Minute);

        decision.Ends.ShouldHaveSingleItem().State.ShouldBe(TaskState.Expired);
        decision.Cancels.ShouldHaveSingleItem().Cause.ShouldBe(CancelCause.Deadline);
        var last = job.Decide((60 * Minute) + SomeJob.Plan.KillGrace + job.Options.LostTimeout);
        last.Ends.Count.ShouldBe(2);
        last.Ends[0].State.ShouldBe(TaskState.Interrupted);
    }

    [Fact]
    public void Tasks_of_a_removed_agent_end_as_what_is_known_of_them()
    {
        var job = SomeJob.Of(2).AllLinked().Sent(1);
        foreach (var agent in job.Agents)
            agent.Remove(SomeJob.Start);

        job.Decide().Ends.Select(ending => ending.State).ShouldBe([TaskState.Interrupted, TaskState.Expired]);
    }

    [Theory]
    [InlineData("boot/journal", false, null)]
    [InlineData("boot2/journal", false, TaskState.Interrupted)]
    [InlineData("boot/journal2", false, TaskState.Interrupted)]
    [InlineData("boot/journal", true, TaskState.Interrupted)]
    public void A_task_that_the_agent_does_not_have_goes_out_again_only_if_it_cannot_have_run(
        string incarnation, bool hadStarted, TaskState? end)
    {
        var job = SomeJob.Of(1).AllLinked().Sent(1);
        if (hadStarted)
            job.Slot(1).MoveTo(TaskState.Running);
        job.Unlink(1, SomeJob.Start + Second);
        job.Agents[0].Attach(new FakeLink(), incarnation, new HashSet<string>(), SomeJob.Start + (2 * Second));

        var decision = job.Decide(2 * Second);

        decision.Resends.Count.ShouldBe(end is null ? 1 : 0);
        if (end is null)
            decision.Ends.ShouldBeEmpty();
        else
            decision.Ends.ShouldHaveSingleItem().State.ShouldBe(end.Value);
    }

    [Fact]
    public void A_task_sent_again_in_a_job_that_starts_nothing_any_more_is_still_bound_by_the_deadline()
    {
        var job = SomeJob.Of(2, plan => plan with { MaxFailures = 0 }).AllLinked().Sent(1, 2);
        job.Slot(2).MoveTo(TaskState.Failed);
        job.Agents[0].Attach(new FakeLink(), "boot/journal", new HashSet<string>(), SomeJob.Start + Second);

        var decision = job.Decide(Second);

        decision.Resends.ShouldHaveSingleItem();
        decision.WakeAt.ShouldBe(SomeJob.Plan.DeadlineAt);
    }

    [Fact]
    public void A_task_that_never_arrived_is_not_sent_again_after_its_delivery_time()
    {
        var job = SomeJob.Of(1).AllLinked().Sent(1);
        job.Unlink(1, SomeJob.Start);
        job.Agents[0].Attach(new FakeLink(), "boot/journal", new HashSet<string>(), SomeJob.Start + (5 * Minute));

        job.Decide(5 * Minute).Ends.ShouldHaveSingleItem().State.ShouldBe(TaskState.Expired);
    }

    [Fact]
    public void A_task_that_the_agent_holds_is_left_alone_whatever_its_incarnation()
    {
        var job = SomeJob.Of(1).AllLinked().Sent(1);
        job.Unlink(1, SomeJob.Start);
        job.Agents[0].Attach(new FakeLink(), "boot2/journal", new HashSet<string> { job.Slot(1).TaskId }, SomeJob.Start + Second);

        var decision = job.Decide(Second);

        decision.Ends.ShouldBeEmpty();
        decision.Resends.ShouldBeEmpty();
    }

    [Fact]
    public void A_derived_deadline_leaves_time_for_every_wave()
    {
        var one = JobPlan.DeriveDeadline(10, 10, 0, Minute, Minute, Second);
        var ten = JobPlan.DeriveDeadline(10, 1, 0, Minute, Minute, Second);

        (ten - one).ShouldBeGreaterThanOrEqualTo(9 * (Minute + Second));
        JobPlan.DeriveDeadline(1_000_000, 1, 0.1, Minute, TimeSpan.FromDays(7), Second).ShouldBe(JobPlan.LongestDeadline);
    }

    private static IEnumerable<int> Ordinals(IEnumerable<TaskSlot> slots) => slots.Select(slot => slot.Ordinal);
}
