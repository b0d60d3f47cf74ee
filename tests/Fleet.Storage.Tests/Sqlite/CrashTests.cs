namespace Fleet.Storage.Tests.Sqlite;

public sealed class CrashTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider living = new();
    private readonly SqliteProvider crashed = new();

    public async ValueTask DisposeAsync()
    {
        await living.DisposeAsync();
        await crashed.DisposeAsync();
    }

    [Fact]
    public async Task What_was_acknowledged_survives_and_nothing_is_half_done()
    {
        await using var store = await living.OpenAsync();
        using var stop = new CancellationTokenSource();
        List<string> acknowledged = [];
        var writing = WriteJobsAsync(store, acknowledged, stop.Token);

        for (var round = 0; round < 5; round++)
        {
            await AtLeastAsync(() => Count() >= (round + 1) * 20, writing);
            string[] promised;
            lock (acknowledged)
                promised = [.. acknowledged];
            // What a kill -9 leaves: the files as they are, the writer in the midst of something.
            Snapshot();
            await CheckAsync(promised);
        }

        await stop.CancelAsync();
        await writing.InTime();

        int Count()
        {
            lock (acknowledged)
                return acknowledged.Count;
        }
    }

    private static async Task WriteJobsAsync(IFleetStore store, List<string> acknowledged, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var job = Some.Job($"job{n:00000}", tasks: 20);
            await store.Jobs.CreateAsync(job, None).InTime();
            await store.Events.AppendAsync(
                [.. Enumerable.Range(1, 20).SelectMany(task => new[] { Some.Started(job, task), Some.Ended(job, task) })], None).InTime();
            lock (acknowledged)
                acknowledged.Add(job.Id);
        }
    }

    private static async Task AtLeastAsync(Func<bool> condition, Task writing)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            writing.IsFaulted.ShouldBeFalse();
            TimeProvider.System.GetElapsedTime(deadline).ShouldBeLessThan(TimeLimit.Limit);
            await Task.Delay(1);
        }
    }

    private void Snapshot()
    {
        // The database first: a checkpoint in between only moves into it what the older log holds as well. Then the log.
        foreach (var suffix in new[] { "", "-wal" })
        {
            File.Delete(crashed.File + suffix);
            File.Copy(living.File + suffix, crashed.File + suffix);
        }

        File.Delete(crashed.File + "-shm");
    }

    private async Task CheckAsync(string[] promised)
    {
        await using var store = await crashed.OpenAsync();
        (await store.CheckAsync(None).InTime()).ShouldBeEmpty();
        foreach (var id in promised)
        {
            var job = await store.Jobs.GetAsync(id, None).InTime();
            job.ShouldNotBeNull();
            job.State.ShouldBe(JobState.Done);
            job.Counts.Succeeded.ShouldBe(20);
            (await store.Events.ReadAsync(id, 0, 100, 1 << 20, None).InTime()).Events.Count.ShouldBe(40);
        }

        // Whatever else is there is whole: all of its tasks, and its events all or none.
        foreach (var job in (await store.Jobs.ListAsync(new JobQuery { Limit = 1000 }, None).InTime()).Jobs)
        {
            job.Counts.Total.ShouldBe(20);
            (await store.Jobs.ListTasksAsync(job.Id, new TaskQuery(), None).InTime()).Count.ShouldBe(20);
            (await store.Events.ReadAsync(job.Id, 0, 100, 1 << 20, None).InTime()).Events.Count
                .ShouldBe(job.State == JobState.Done ? 40 : 0);
        }
    }
}
