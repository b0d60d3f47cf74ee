using System.Diagnostics;
using System.Globalization;
using Fleet.Tests;

namespace Fleet.Storage.Tests.Contract;

/// <summary>What every provider promises of a crash: what was acknowledged is there, and nothing is half done.</summary>
public abstract class CrashContract(IStoreProvider provider) : IDisposable
{
    private const int Rounds = 3;
    private const int TasksOfJob = 20;
    private static readonly CancellationToken None = CancellationToken.None;

    public void Dispose()
    {
        provider.DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_at_random_moments_and_nothing_is_half_done()
    {
        var random = new Random();
        List<string> promised = [];
        for (var round = 1; round <= Rounds; round++)
        {
            await RunUntilKilledAsync(round * 10_000, random.Next(1, 20), TimeSpan.FromMilliseconds(random.Next(0, 30)), promised);
            // The lock of the dead process is gone with it.
            await using var store = await provider.OpenAsync(new SettableTime());
            await CheckAsync(store, promised);
        }
    }

    [Fact]
    public async Task A_torn_last_write_takes_nothing_along()
    {
        List<string> promised = [];
        for (var round = 1; round <= Rounds; round++)
        {
            await RunUntilKilledAsync(round * 10_000, 5, TimeSpan.Zero, promised);
            // What the machine wrote when it stopped: the beginning of a record, and then whatever was on the disk before.
            var log = await File.ReadAllBytesAsync(provider.Log);
            await using (var file = File.Open(provider.Log, FileMode.Append))
                await file.WriteAsync(round == 1 ? new byte[5000] : log.AsMemory(log.Length / 2, 5000));
            await using var store = await provider.OpenAsync(new SettableTime());
            await CheckAsync(store, promised);
        }
    }

    [SmallDiskFact]
    public async Task A_full_disk_is_named_and_passes_and_what_was_acknowledged_before_and_after_is_there()
    {
        using var disk = new SmallDisk(Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(provider.File)!, "small")).FullName, 24 << 20);
        var file = Path.Combine(disk.Path, "fleet.store");
        List<string> promised = [];
        await using (var store = await provider.OpenAsync(file, new SettableTime()))
        {
            var failure = await Should.ThrowAsync<StoreException>(() => FillAsync(store, promised));
            failure.Fault.ShouldBe(StoreFault.DiskFull);
            failure.Message.ShouldContain(file);
            disk.Fill();
            (await Should.ThrowAsync<StoreException>(() => FillAsync(store, promised))).Fault.ShouldBe(StoreFault.DiskFull);
            // Reading goes on.
            (await store.Jobs.GetAsync(promised[0], None).InTime())!.State.ShouldBe(JobState.Done);
            promised.Count.ShouldBeGreaterThan(3);

            disk.MakeRoom();
            disk.Resize(96 << 20);
            await RunAsync(store, "after");
            promised.Add("after");
        }

        await using var again = await provider.OpenAsync(file, new SettableTime());
        await CheckAsync(again, promised);
    }

    /// <summary>Runs one job whole, as the process that is killed does.</summary>
    internal static async Task RunAsync(IFleetStore store, string id, int tasks = TasksOfJob, int bytes = 0)
    {
        var job = Some.Job(id, tasks);
        await store.Jobs.CreateAsync(job, None).InTime();
        await store.Events.AppendAsync(
            [.. Enumerable.Range(1, tasks).SelectMany(task => new[] { Some.Started(job, task), Some.Ended(job, task, data: new byte[bytes]) })], None).InTime();
    }

    /// <summary>All that was promised is there, and whatever else is there is whole: all of its tasks, and its events all or none.</summary>
    internal static async Task CheckAsync(IFleetStore store, IReadOnlyCollection<string> promised, int tasks = TasksOfJob)
    {
        (await store.CheckAsync(None).InTime()).ShouldBeEmpty();
        var jobs = (await store.Jobs.ListAsync(new JobQuery { Limit = 1000 }, None).InTime()).Jobs;
        jobs.Where(job => job.State == JobState.Done).Select(job => job.Id).Intersect(promised).Count().ShouldBe(promised.Count);
        foreach (var job in jobs)
        {
            job.Counts.ShouldBe(
                job.State == JobState.Done
                    ? new TaskCounts(0, 0, 0, tasks, 0, 0, 0, 0, 0, 0, 0)
                    : new TaskCounts(tasks, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
            (await store.Jobs.ListTasksAsync(job.Id, new TaskQuery(), None).InTime()).Count.ShouldBe(tasks);
            (await store.Events.ReadAsync(job.Id, 0, 100, int.MaxValue, None).InTime()).Events.Count
                .ShouldBe(job.State == JobState.Done ? 2 * tasks : 0);
        }
    }

    private static async Task FillAsync(IFleetStore store, List<string> promised)
    {
        while (promised.Count < 1000)
        {
            var id = $"job-{Guid.NewGuid():N}"; // one that failed is not tried again
            await RunAsync(store, id, bytes: 20_000);
            promised.Add(id);
        }
    }

    private async Task RunUntilKilledAsync(int first, int jobs, TimeSpan more, List<string> promised)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList =
            {
                "exec", typeof(CrashContract).Assembly.Location, provider.Kind, provider.File, first.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
        })!;
        try
        {
            for (var n = 0; n < jobs; n++)
                promised.Add((await process.StandardOutput.ReadLineAsync().InTime()).ShouldNotBeNull());
            await Task.Delay(more);
        }
        finally
        {
            process.Kill(); // SIGKILL, in the midst of the next job
            await process.WaitForExitAsync().InTime();
        }

        while (await process.StandardOutput.ReadLineAsync().InTime() is { } late)
            promised.Add(late);
    }
}
