namespace Fleet.Storage.Tests.Contract;

public abstract class RetentionContract(IStoreProvider provider) : StoreContract(provider)
{
    private static readonly RetentionPolicy Keep = new() { MaxJobAge = null, MaxOutputAge = null, MaxOutputBytes = null };

    [Fact]
    public async Task Finished_jobs_beyond_their_age_are_deleted_and_open_ones_never()
    {
        var old = await RunAsync("old", Some.Time);
        var young = await RunAsync("young", Some.Time.AddDays(5));
        var open = Some.Job("open");
        await Store.Jobs.CreateAsync(open, None).InTime();

        var report = await SweepAsync(Keep with { MaxJobAge = TimeSpan.FromDays(3) }, Some.Time.AddDays(6));

        report.JobsDeleted.ShouldBe(1);
        report.TasksDeleted.ShouldBe(2);
        report.EventsDeleted.ShouldBe(4);
        report.OutputBytesDeleted.ShouldBe(2000);
        (await Store.Jobs.GetAsync(old.Id, None).InTime()).ShouldBeNull();
        (await Store.Jobs.ListTasksAsync(old.Id, new TaskQuery(), None).InTime()).ShouldBeEmpty();
        (await Store.Events.ReadAsync(young.Id, 0, 10, 10_000, None).InTime()).Events.Count.ShouldBe(4);
        (await Store.Jobs.GetAsync(open.Id, None).InTime())!.State.ShouldBe(JobState.Running);
        // The request may be made anew.
        (await Store.Jobs.CreateAsync(old, None).InTime()).Status.ShouldBe(JobCreationStatus.Created);
    }

    [Fact]
    public async Task Output_beyond_its_age_is_dropped_while_job_and_tasks_stay_and_say_so()
    {
        var old = await RunAsync("old", Some.Time);
        var now = Some.Time.AddDays(6);

        var report = await SweepAsync(Keep with { MaxOutputAge = TimeSpan.FromDays(3) }, now);
        var again = await SweepAsync(Keep with { MaxOutputAge = TimeSpan.FromDays(3) }, now.AddDays(1));

        report.OutputsDropped.ShouldBe(1);
        report.EventsDeleted.ShouldBe(4);
        report.JobsDeleted.ShouldBe(0);
        again.OutputsDropped.ShouldBe(0);
        var job = (await Store.Jobs.GetAsync(old.Id, None).InTime())!;
        job.OutputDroppedAt.ShouldBe(now);
        job.OutputBytes.ShouldBe(0);
        job.Counts.Succeeded.ShouldBe(2);
        (await Store.Jobs.ListTasksAsync(old.Id, new TaskQuery(), None).InTime()).ShouldAllBe(task => task.ResultBytes!.Length == 2);
        (await Store.Events.ReadAsync(old.Id, 0, 10, 10_000, None).InTime()).Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Beyond_the_total_size_the_oldest_finished_output_goes_first()
    {
        var open = Some.Job("open", tasks: 1);
        await Store.Jobs.CreateAsync(open, None).InTime();
        await Store.Events.AppendAsync([Some.Event(open, 1, TaskEventKind.Output, 1, new byte[1000])], None).InTime();
        for (var n = 0; n < 5; n++)
            await RunAsync($"job{n}", Some.Time.AddMinutes(n));

        // 1000 bytes of the open job and 5 times 2000: two must go.
        var report = await SweepAsync(Keep with { MaxOutputBytes = 7500 }, Some.Time.AddHours(1));

        report.OutputsDropped.ShouldBe(2);
        report.OutputBytesDeleted.ShouldBe(4000);
        var kept = (await Store.Jobs.ListAsync(new JobQuery(), None).InTime()).Jobs.Where(job => job.OutputDroppedAt is null);
        kept.Select(job => job.Id).ShouldBe(["job4", "job3", "job2", "open"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_large_log_is_deleted_in_slices_beside_other_writers()
    {
        var job = Some.Job("large", tasks: 2000);
        await Store.Jobs.CreateAsync(job, None).InTime();
        await Store.Events.AppendAsync(
            [.. Enumerable.Range(1, 2000).SelectMany(n => new[] { Some.Started(job, n), Some.Ended(job, n, data: new byte[5000]) })],
            None).InTime();

        var sweep = SweepAsync(Keep with { MaxJobAge = TimeSpan.FromDays(1) }, Some.Time.AddDays(2));
        var written = 0;
        do
        {
            await Store.Settings.SetAsync("beside", [1], None).InTime();
            written++;
        }
        while (!sweep.IsCompleted);

        var report = await sweep;
        report.JobsDeleted.ShouldBe(1);
        report.TasksDeleted.ShouldBe(2000);
        report.EventsDeleted.ShouldBe(4000);
        report.Slices.ShouldBeGreaterThan(3);
        written.ShouldBeGreaterThan(1);
        if (Provider.GivesSpaceBack)
            report.BytesReleased.ShouldBeGreaterThan(8_000_000);
        else
            report.BytesReleased.ShouldBe(0);
    }

    [Fact]
    public async Task What_was_deleted_leaves_room_for_what_comes_next()
    {
        await WriteAndDeleteAsync("first", Some.Time.AddDays(2));
        await ReopenAsync();
        var before = Provider.FileBytes;

        await WriteAndDeleteAsync("second", Some.Time.AddDays(4));
        await WriteAndDeleteAsync("third", Some.Time.AddDays(6));
        await ReopenAsync();

        Provider.FileBytes.ShouldBeLessThan(Math.Max(before, 10_000_000) * 12 / 10);

        async Task WriteAndDeleteAsync(string id, DateTimeOffset now)
        {
            var job = Some.Job(id, tasks: 500);
            await Store.Jobs.CreateAsync(job, None).InTime();
            Time.Now = now.AddDays(-2);
            await Store.Events.AppendAsync(
                [.. Enumerable.Range(1, 500).SelectMany(n => new[] { Some.Started(job, n), Some.Ended(job, n, data: new byte[20_000]) })],
                None).InTime();
            (await SweepAsync(Keep with { MaxJobAge = TimeSpan.FromDays(1) }, now)).JobsDeleted.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_cancelled_sweep_is_carried_on_by_the_next()
    {
        for (var n = 0; n < 3; n++)
            await RunAsync($"job{n}", Some.Time);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(
            () => Store.Retention.SweepAsync(Keep with { MaxJobAge = TimeSpan.Zero }, Some.Time.AddDays(1), cancelled.Token));

        var report = await SweepAsync(Keep with { MaxJobAge = TimeSpan.Zero }, Some.Time.AddDays(1));
        report.JobsDeleted.ShouldBe(3);
    }

    private async Task<NewJob> RunAsync(string id, DateTimeOffset finishedAt)
    {
        var job = Some.Job(id);
        await Store.Jobs.CreateAsync(job, None).InTime();
        Time.Now = finishedAt;
        var result = await Store.Events.AppendAsync(
            [
                Some.Started(job, 1), Some.Ended(job, 1, data: new byte[1000]), Some.Started(job, 2),
                Some.Ended(job, 2, data: new byte[1000]),
            ],
            None).InTime();
        result.Jobs[0].BecameDone.ShouldBeTrue();
        return job;
    }

    private Task<RetentionReport> SweepAsync(RetentionPolicy policy, DateTimeOffset now) =>
        Store.Retention.SweepAsync(policy, now, None).InTime();
}
