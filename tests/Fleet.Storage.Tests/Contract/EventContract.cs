namespace Fleet.Storage.Tests.Contract;

public abstract class EventContract(IStoreProvider provider) : StoreContract(provider)
{
    [Fact]
    public async Task A_tasks_way_is_stored_and_its_job_ends_with_the_last_task()
    {
        var job = await CreateAsync(tasks: 2);
        Time.Now = Some.Time.AddMinutes(1);

        var first = await AppendAsync(Some.Dispatched(job, 1), Some.Started(job, 1), Some.Ended(job, 1, state: TaskState.Failed));
        var second = await AppendAsync(Some.Dispatched(job, 2), Some.Started(job, 2), Some.Ended(job, 2));

        first.Entries.ShouldAllBe(entry => entry.Status == EntryStatus.Applied);
        first.Jobs.ShouldHaveSingleItem().BecameDone.ShouldBeFalse();
        second.Jobs.ShouldBe([new JobProgress(job.Id, new TaskCounts(0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0), true, second.Entries[2].Seq)]);
        await ReopenAsync();
        var task = (await Store.Jobs.GetTaskAsync(job.Id, 1, None).InTime())!;
        task.State.ShouldBe(TaskState.Failed);
        task.DispatchedTo.ShouldBe("boot1/journal1");
        task.LastAgentSeq.ShouldBe(2);
        task.StartedAt.ShouldBe(Some.Time.AddSeconds(1));
        task.EndedAt.ShouldBe(Some.Time.AddSeconds(2));
        task.ExitCode.ShouldBe(1);
        task.ResultBytes.ShouldBe([8, 9]);
        var stored = (await Store.Jobs.GetAsync(job.Id, None).InTime())!;
        stored.State.ShouldBe(JobState.Done);
        stored.FinishedAt.ShouldBe(Some.Time.AddMinutes(1));
        stored.OutputBytes.ShouldBe(2);
    }

    [Fact]
    public async Task The_log_read_back_is_what_was_appended_in_order()
    {
        var job = await CreateAsync(tasks: 2);
        var other = await CreateAsync("other", tasks: 1);
        List<TaskEntry> entries =
        [
            Some.Dispatched(job, 2), Some.Started(other, 1), Some.Started(job, 1),
            Some.Event(job, 1, TaskEventKind.Output, 2, "one\n"u8.ToArray()), Some.Started(job, 2), Some.Ended(job, 1, 3),
        ];

        var result = await AppendAsync([.. entries]);
        await ReopenAsync();
        var page = await Store.Events.ReadAsync(job.Id, 0, 100, 1 << 20, None).InTime();

        page.More.ShouldBeFalse();
        var expected = entries
            .Zip(result.Entries)
            .Where(pair => pair.First.JobId == job.Id)
            .Select(pair => (pair.Second.Seq, pair.First.Ordinal, pair.First.Kind!.Value, pair.First.AgentSeq, pair.First.At))
            .ToList();
        page.Events.Select(e => (e.Seq, e.Ordinal, e.Kind, e.AgentSeq, e.At)).ShouldBe(expected);
        page.Events[2].Data.ShouldBe("one\n"u8.ToArray());
        result.Entries.Select(entry => entry.Seq).ShouldBeInOrder();
    }

    [Fact]
    public async Task A_log_is_read_in_pieces_bounded_by_rows_and_bytes_but_never_stands_still()
    {
        var job = await CreateAsync(tasks: 1);
        await AppendAsync([.. Enumerable.Range(1, 9).Select(n => Some.Event(job, 1, TaskEventKind.Output, n, new byte[100]))]);
        var all = (await Store.Events.ReadAsync(job.Id, 0, 100, 1 << 20, None).InTime()).Events.Select(e => e.Seq).ToList();

        var byRows = await Store.Events.ReadAsync(job.Id, all[1], 3, 1 << 20, None).InTime();
        var byBytes = await Store.Events.ReadAsync(job.Id, 0, 100, 250, None).InTime();
        var tooLarge = await Store.Events.ReadAsync(job.Id, 0, 100, 1, None).InTime();
        var exactly = await Store.Events.ReadAsync(job.Id, all[5], 3, 300, None).InTime();

        byRows.Events.Select(e => e.Seq).ShouldBe(all[2..5]);
        byRows.More.ShouldBeTrue();
        byBytes.Events.Select(e => e.Seq).ShouldBe(all[..2]);
        tooLarge.Events.Select(e => e.Seq).ShouldBe(all[..1]);
        exactly.Events.Select(e => e.Seq).ShouldBe(all[6..]);
        exactly.More.ShouldBeFalse();
        (await Store.Events.ReadAsync("none", 0, 1, 1, None).InTime()).Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_repeated_record_is_dropped_and_a_gap_refused()
    {
        var job = await CreateAsync(tasks: 2);

        var result = await AppendAsync(
            Some.Started(job, 1),
            Some.Started(job, 1),
            Some.Event(job, 1, TaskEventKind.Output, 3),
            Some.Event(job, 1, TaskEventKind.Output, 2),
            Some.Event(job, 2, TaskEventKind.Output, 2));

        result.Entries.Select(entry => (entry.Status, entry.LastAgentSeq)).ShouldBe(
        [
            (EntryStatus.Applied, 1L), (EntryStatus.Repeat, 1L), (EntryStatus.Gap, 1L), (EntryStatus.Applied, 2L), (EntryStatus.Gap, 0L),
        ]);
        (await Store.Events.ReadAsync(job.Id, 0, 100, 1 << 20, None).InTime()).Events.Count.ShouldBe(2);
        (await AppendAsync(Some.Started(job, 1))).Jobs.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_has_ended_never_changes_but_remarks_may_follow()
    {
        var job = await CreateAsync(tasks: 1);
        await AppendAsync(Some.Started(job, 1), Some.Ended(job, 1));
        var before = await Store.Jobs.GetTaskAsync(job.Id, 1, None).InTime();

        var result = await AppendAsync(
            Some.Ended(job, 1, 2),
            Some.Ended(job, 1, 3, TaskState.Failed),
            Some.Event(job, 1, TaskEventKind.Output, 3),
            Some.Event(job, 1, TaskEventKind.Ended) with { Move = new TaskMove(TaskState.Interrupted) },
            Some.Event(job, 1, TaskEventKind.Note, null, [1]),
            Some.Event(job, 0, TaskEventKind.Note, null, [2]));

        result.Entries.Select(entry => entry.Status).ShouldBe(
        [
            EntryStatus.Repeat, EntryStatus.AlreadyEnded, EntryStatus.AlreadyEnded, EntryStatus.AlreadyEnded,
            EntryStatus.Applied, EntryStatus.Applied,
        ]);
        result.Entries[1].State.ShouldBe(TaskState.Succeeded);
        result.Jobs.ShouldHaveSingleItem().BecameDone.ShouldBeFalse();
        var after = await Store.Jobs.GetTaskAsync(job.Id, 1, None).InTime();
        after.ShouldBe(before! with { ResultBytes = after!.ResultBytes });
    }

    [Fact]
    public async Task A_refused_entry_changes_nothing_and_harms_no_neighbor()
    {
        var job = await CreateAsync(tasks: 2);

        var result = await AppendAsync(
            Some.Started(job, 1),
            Some.Dispatched(job, 1),
            Some.Event(job, 1, TaskEventKind.Ended, 2) with { Move = new TaskMove(TaskState.Skipped) },
            Some.Started(Some.Job("none"), 1),
            Some.Started(job, 3),
            Some.Started(job, 2));

        result.Entries.Select(entry => entry.Status).ShouldBe(
        [
            EntryStatus.Applied, EntryStatus.IllegalMove, EntryStatus.IllegalMove, EntryStatus.UnknownTask, EntryStatus.UnknownTask,
            EntryStatus.Applied,
        ]);
        result.Jobs.ShouldHaveSingleItem().Counts.Running.ShouldBe(2);
        (await Store.Jobs.GetTaskAsync(job.Id, 1, None).InTime())!.LastAgentSeq.ShouldBe(1);
    }

    [Fact]
    public async Task A_task_that_never_arrived_goes_back_and_out_again_to_another_incarnation_that_counts_from_one()
    {
        var job = await CreateAsync(tasks: 1);
        var back = new TaskEntry
        {
            JobId = job.Id, Ordinal = 1, At = Some.Time, Move = new TaskMove(TaskState.Pending) { Reason = "never arrived" },
        };

        var result = await AppendAsync(
            Some.Dispatched(job, 1), Some.Event(job, 1, TaskEventKind.Note, 1), back, Some.Dispatched(job, 1, "boot2/journal2"),
            Some.Started(job, 1, 1), Some.Ended(job, 1, 2));

        result.Entries.ShouldAllBe(entry => entry.Status == EntryStatus.Applied);
        result.Entries[2].Seq.ShouldBe(0);
        var task = (await Store.Jobs.GetTaskAsync(job.Id, 1, None).InTime())!;
        task.DispatchedTo.ShouldBe("boot2/journal2");
        task.Reason.ShouldBe("never arrived");
        task.LastAgentSeq.ShouldBe(2);
    }

    [Fact]
    public async Task Of_many_agents_that_report_at_once_each_gets_its_own_outcome_and_one_is_told_of_the_jobs_end()
    {
        var job = await CreateAsync(tasks: 200);
        var other = await CreateAsync("other", tasks: 200);

        var results = await Task.WhenAll(Enumerable.Range(1, 200).Select(n => AppendAsync(
            Some.Started(job, n), Some.Started(other, n), Some.Started(job, n), Some.Ended(job, n)))).InTime();

        foreach (var result in results)
        {
            result.Entries.Select(entry => entry.Status).ShouldBe(
                [EntryStatus.Applied, EntryStatus.Applied, EntryStatus.Repeat, EntryStatus.Applied]);
            result.Jobs.Select(progress => (progress.JobId, progress.LastSeq)).ShouldBe(
                [(job.Id, result.Entries[3].Seq), (other.Id, result.Entries[1].Seq)]);
        }

        results.Count(result => result.Jobs[0].BecameDone).ShouldBe(1);
        results.Count(result => result.Jobs[1].BecameDone).ShouldBe(0);
        results.Single(result => result.Jobs[0].BecameDone).Jobs[0].Counts.Succeeded.ShouldBe(200);
        var log = (await Store.Events.ReadAsync(job.Id, 0, 1000, 1 << 20, None).InTime()).Events.Select(e => e.Seq);
        log.ShouldBe(results.SelectMany(result => new[] { result.Entries[0].Seq, result.Entries[3].Seq }).Order());
        (await Store.Jobs.GetAsync(other.Id, None).InTime())!.Counts.Running.ShouldBe(200);
    }

    [Fact]
    public async Task Positions_grow_over_all_jobs_and_are_not_given_out_twice()
    {
        var job = await CreateAsync(tasks: 1);
        var last = (await AppendAsync(Some.Started(job, 1), Some.Ended(job, 1))).Entries[^1].Seq;
        await Store.Retention.SweepAsync(new RetentionPolicy { MaxJobAge = TimeSpan.Zero }, Some.Time.AddDays(1), None).InTime();
        await ReopenAsync();

        var next = await CreateAsync("next", tasks: 1);

        (await AppendAsync(Some.Started(next, 1))).Entries[0].Seq.ShouldBeGreaterThan(last);
    }

    [Fact]
    public async Task An_entry_that_contradicts_itself_is_a_callers_mistake()
    {
        var job = Some.Job();
        TaskEntry[] wrong =
        [
            Some.Started(job, -1),
            Some.Started(job, 0),
            Some.Started(job, 1, 0),
            Some.Started(job, 1) with { Kind = null, Data = [1] },
            Some.Started(job, 1) with { Kind = null, Move = null, AgentSeq = null },
        ];

        foreach (var entry in wrong)
            await Should.ThrowAsync<ArgumentException>(() => Store.Events.AppendAsync([entry], None));
        (await Store.Events.AppendAsync([], None).InTime()).Entries.ShouldBeEmpty();
    }

    private async Task<NewJob> CreateAsync(string id = "job", int tasks = 1)
    {
        var job = Some.Job(id, tasks);
        (await Store.Jobs.CreateAsync(job, None).InTime()).Status.ShouldBe(JobCreationStatus.Created);
        return job;
    }

    private Task<AppendResult> AppendAsync(params TaskEntry[] entries) => Store.Events.AppendAsync(entries, None).InTime();
}
