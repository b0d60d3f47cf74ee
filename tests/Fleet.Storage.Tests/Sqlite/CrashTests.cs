using System.Diagnostics;
using System.Globalization;
using Fleet.Storage.Sqlite;

namespace Fleet.Storage.Tests.Sqlite;

public sealed class CrashTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider provider = new();

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_and_nothing_is_half_done()
    {
        List<string> promised = [];
        for (var round = 1; round <= 3; round++)
        {
            await RunUntilKilledAsync(round * 10_000, promised);

            // The lock of the dead process is gone with it.
            await using var store = await provider.OpenAsync();
            await CheckAsync(store, promised);
        }
    }

    private async Task RunUntilKilledAsync(int first, List<string> promised)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList =
            {
                "exec", typeof(CrashTests).Assembly.Location, provider.File, first.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
        })!;
        try
        {
            for (var n = 0; n < 15; n++)
                promised.Add((await process.StandardOutput.ReadLineAsync().InTime()).ShouldNotBeNull());
        }
        finally
        {
            process.Kill(); // SIGKILL, in the midst of the next job
            await process.WaitForExitAsync().InTime();
        }

        while (await process.StandardOutput.ReadLineAsync().InTime() is { } late)
            promised.Add(late);
    }

    private static async Task CheckAsync(SqliteFleetStore store, List<string> promised)
    {
        (await store.CheckAsync(None).InTime()).ShouldBeEmpty();
        var jobs = (await store.Jobs.ListAsync(new JobQuery { Limit = 1000 }, None).InTime()).Jobs;
        jobs.Where(job => job.State == JobState.Done).Select(job => job.Id).Intersect(promised).Count().ShouldBe(promised.Count);

        // Whatever else is there is whole: all of its tasks, and its events all or none.
        foreach (var job in jobs)
        {
            job.Counts.ShouldBe(
                job.State == JobState.Done
                    ? new TaskCounts(0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0)
                    : new TaskCounts(20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
            (await store.Jobs.ListTasksAsync(job.Id, new TaskQuery(), None).InTime()).Count.ShouldBe(20);
            (await store.Events.ReadAsync(job.Id, 0, 100, 1 << 20, None).InTime()).Events.Count
                .ShouldBe(job.State == JobState.Done ? 40 : 0);
        }
    }
}
