namespace Fleet.Storage.Tests.Contract;

public abstract class JobContract(IStoreProvider provider) : StoreContract(provider)
{
    [Fact]
    public async Task A_job_is_found_by_the_request_that_made_it()
    {
        var job = Some.Job("first");
        await Store.Jobs.CreateAsync(job, None).InTime();
        await ReopenAsync();

        (await Store.Jobs.FindByRequestAsync(job.OperatorId, job.RequestId, None).InTime())!.Id.ShouldBe(job.Id);
        (await Store.Jobs.FindByRequestAsync("another", job.RequestId, None).InTime()).ShouldBeNull();
        (await Store.Jobs.FindByRequestAsync(job.OperatorId, "another", None).InTime()).ShouldBeNull();
    }

    [Fact]
    public async Task A_job_is_stored_with_its_tasks_and_payload()
    {
        var job = Some.Job() with { RetryOf = "20261120-000000-aaaa", Deadline = Some.Time.AddHours(1) };

        var creation = await Store.Jobs.CreateAsync(job, None).InTime();
        await ReopenAsync();

        creation.Status.ShouldBe(JobCreationStatus.Created);
        var stored = (await Store.Jobs.GetAsync(job.Id, None).InTime())!;
        stored.State.ShouldBe(JobState.Running);
        stored.Target.ShouldBe(job.Target);
        stored.Summary.ShouldBe(job.Summary);
        stored.OperatorId.ShouldBe("id-ann");
        stored.OperatorName.ShouldBe("ann");
        stored.SpecDigest.ShouldBe(job.SpecDigest);
        stored.RetryOf.ShouldBe(job.RetryOf);
        stored.Deadline.ShouldBe(job.Deadline);
        stored.CreatedAt.ShouldBe(Some.Time);
        stored.Counts.ShouldBe(new TaskCounts(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        var payload = (await Store.Jobs.GetPayloadAsync(job.Id, None).InTime())!;
        payload.SpecBytes.ShouldBe([1, 2, 3]);
        payload.OptionsBytes.ShouldBe([4, 5]);
        var tasks = await Store.Jobs.ListTasksAsync(job.Id, new TaskQuery(), None).InTime();
        tasks.Select(task => (task.Ordinal, task.AgentId, task.AgentName, task.State, task.DeliverBy)).ShouldBe(
        [
            (1, "id-web001", "web001", TaskState.Pending, Some.Time.AddMinutes(5)),
            (2, "id-web002", "web002", TaskState.Pending, Some.Time.AddMinutes(5)),
        ]);
    }

    [Fact]
    public async Task The_same_request_twice_is_one_job_but_only_for_the_same_operator()
    {
        var job = Some.Job();
        await Store.Jobs.CreateAsync(job, None).InTime();

        var again = await Store.Jobs.CreateAsync(job with { Id = "other" }, None).InTime();
        var another = await Store.Jobs.CreateAsync(job with { Id = "other", OperatorId = "id-bob" }, None).InTime();

        again.Status.ShouldBe(JobCreationStatus.Existing);
        again.Job.Id.ShouldBe(job.Id);
        another.Status.ShouldBe(JobCreationStatus.Created);
        (await Store.Jobs.ListAsync(new JobQuery(), None).InTime()).Jobs.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_taken_id_is_said_to_be_taken()
    {
        await Store.Jobs.CreateAsync(Some.Job(), None).InTime();

        var creation = await Store.Jobs.CreateAsync(Some.Job(tasks: 5) with { RequestId = "another" }, None).InTime();

        creation.Status.ShouldBe(JobCreationStatus.IdTaken);
        creation.Job.Counts.Total.ShouldBe(2);
    }

    [Fact]
    public async Task A_job_without_tasks_is_a_callers_mistake() =>
        await Should.ThrowAsync<ArgumentException>(() => Store.Jobs.CreateAsync(Some.Job(tasks: 0), None));

    [Fact]
    public async Task What_is_not_there_is_null_or_empty()
    {
        (await Store.Jobs.GetAsync("none", None).InTime()).ShouldBeNull();
        (await Store.Jobs.GetPayloadAsync("none", None).InTime()).ShouldBeNull();
        (await Store.Jobs.GetTaskAsync("none", 1, None).InTime()).ShouldBeNull();
        (await Store.Jobs.ListTasksAsync("none", new TaskQuery(), None).InTime()).ShouldBeEmpty();
        (await Store.Jobs.ListOpenAsync(None).InTime()).ShouldBeEmpty();
        (await Store.Jobs.ListAsync(new JobQuery(), None).InTime()).Next.ShouldBeNull();
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_page_by_page()
    {
        // Several in the same millisecond, and one dated back: the clock was set.
        for (var n = 0; n < 10; n++)
            await Store.Jobs.CreateAsync(Some.Job($"job{n}") with { CreatedAt = Some.Time.AddSeconds(n == 9 ? 0 : n / 3) }, None).InTime();

        List<string> seen = [];
        string? cursor = null;
        do
        {
            var page = await Store.Jobs.ListAsync(new JobQuery { Limit = 3, After = cursor }, None).InTime();
            page.Jobs.Count.ShouldBeLessThanOrEqualTo(3);
            seen.AddRange(page.Jobs.Select(job => job.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        seen.ShouldBe(["job8", "job7", "job6", "job5", "job4", "job3", "job9", "job2", "job1", "job0"]);
    }

    [Fact]
    public async Task Jobs_are_filtered_by_state_operator_and_time()
    {
        var done = Some.Job("done", tasks: 1);
        await Store.Jobs.CreateAsync(done, None).InTime();
        await Store.Jobs.CreateAsync(Some.Job("bobs") with { OperatorId = "id-bob" }, None).InTime();
        await Store.Jobs.CreateAsync(Some.Job("late") with { CreatedAt = Some.Time.AddHours(1) }, None).InTime();
        await Store.Events.AppendAsync([Some.Started(done, 1), Some.Ended(done, 1)], None).InTime();

        (await IdsAsync(new JobQuery { State = JobState.Done })).ShouldBe(["done"]);
        (await IdsAsync(new JobQuery { State = JobState.Running })).ShouldBe(["late", "bobs"]);
        (await IdsAsync(new JobQuery { OperatorId = "id-bob" })).ShouldBe(["bobs"]);
        (await IdsAsync(new JobQuery { Since = Some.Time.AddHours(1) })).ShouldBe(["late"]);
        (await IdsAsync(new JobQuery { OperatorId = "id-ann", State = JobState.Running, Since = Some.Time })).ShouldBe(["late"]);

        async Task<IEnumerable<string>> IdsAsync(JobQuery query) =>
            (await Store.Jobs.ListAsync(query, None).InTime()).Jobs.Select(job => job.Id);
    }

    [Theory]
    [InlineData("nonsense", 10)]
    [InlineData("1.2.3", 10)]
    [InlineData("1.-2", 10)]
    [InlineData(null, 0)]
    [InlineData(null, 1001)]
    public async Task A_query_that_makes_no_sense_is_a_callers_mistake(string? after, int limit) =>
        await Should.ThrowAsync<ArgumentException>(
            () => Store.Jobs.ListAsync(new JobQuery { After = after, Limit = limit }, None));

    [Fact]
    public async Task Tasks_are_listed_by_state_and_page_by_page()
    {
        var job = Some.Job(tasks: 7);
        await Store.Jobs.CreateAsync(job, None).InTime();
        await Store.Events.AppendAsync([Some.Started(job, 2), Some.Ended(job, 2), Some.Started(job, 5)], None).InTime();

        (await OrdinalsAsync(new TaskQuery { Limit = 3 })).ShouldBe([1, 2, 3]);
        (await OrdinalsAsync(new TaskQuery { AfterOrdinal = 3, Limit = 3 })).ShouldBe([4, 5, 6]);
        (await OrdinalsAsync(new TaskQuery { States = [TaskState.Running, TaskState.Succeeded] })).ShouldBe([2, 5]);
        (await OrdinalsAsync(new TaskQuery { States = [TaskState.Skipped] })).ShouldBeEmpty();

        async Task<IEnumerable<int>> OrdinalsAsync(TaskQuery query) =>
            (await Store.Jobs.ListTasksAsync(job.Id, query, None).InTime()).Select(task => task.Ordinal);
    }

    [Fact]
    public async Task After_a_restart_the_open_jobs_are_there_with_their_open_tasks()
    {
        var first = Some.Job("first", tasks: 3);
        var second = Some.Job("second", tasks: 1);
        var done = Some.Job("done", tasks: 1);
        foreach (var job in new[] { first, second, done })
            await Store.Jobs.CreateAsync(job, None).InTime();
        await Store.Events.AppendAsync(
            [Some.Dispatched(first, 2), Some.Started(first, 1), Some.Ended(first, 1), Some.Started(done, 1), Some.Ended(done, 1)],
            None).InTime();
        await ReopenAsync();

        var open = await Store.Jobs.ListOpenAsync(None).InTime();

        open.Select(job => job.Job.Id).ShouldBe(["first", "second"]);
        open[0].Payload.SpecBytes.ShouldBe([1, 2, 3]);
        open[0].Tasks.Select(task => (task.Ordinal, task.State, task.DispatchedTo)).ShouldBe(
            [(2, TaskState.Dispatched, "boot1/journal1"), (3, TaskState.Pending, null)]);
        var ofAgent = await Store.Jobs.ListOpenTasksOfAgentAsync("id-web001", None).InTime();
        ofAgent.Select(task => (task.JobId, task.Ordinal)).ShouldBe([("second", 1)]);
    }

    [Fact]
    public async Task A_cancel_request_is_recorded_once()
    {
        var job = Some.Job(tasks: 1);
        await Store.Jobs.CreateAsync(job, None).InTime();

        (await CancelAsync("ann")).Status.ShouldBe(CancelRequestStatus.Recorded);
        var second = await CancelAsync("bob");
        await Store.Events.AppendAsync([Some.Started(job, 1), Some.Ended(job, 1, state: TaskState.Cancelled)], None).InTime();

        second.Status.ShouldBe(CancelRequestStatus.AlreadyRequested);
        second.Job!.CancelRequestedBy.ShouldBe("ann");
        second.Job.CancelRequestedAt.ShouldBe(Some.Time);
        (await CancelAsync("ann")).Status.ShouldBe(CancelRequestStatus.AlreadyDone);
        (await Store.Jobs.RequestCancelAsync("none", "ann", Some.Time, None).InTime())
            .ShouldBe(new CancelRequest(CancelRequestStatus.UnknownJob, null));

        Task<CancelRequest> CancelAsync(string by) => Store.Jobs.RequestCancelAsync(job.Id, by, Some.Time, None).InTime();
    }
}
