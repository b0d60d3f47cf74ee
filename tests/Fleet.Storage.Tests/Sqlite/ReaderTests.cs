using Fleet.Storage.Sqlite;

namespace Fleet.Storage.Tests.Sqlite;

public sealed class ReaderTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider provider = new();

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    [Fact]
    public async Task Readers_see_whole_batches_in_order_while_the_writer_writes()
    {
        await using var store = await provider.OpenAsync();
        var job = Some.Job(tasks: 300);
        await store.Jobs.CreateAsync(job, None).InTime();

        var followers = Enumerable.Range(0, 6).Select(_ => Task.Run(() => FollowAsync(store, job))).ToList();
        List<long> appended = [];
        for (var n = 1; n <= 300; n++)
        {
            var result = await store.Events.AppendAsync([Some.Started(job, n), Some.Ended(job, n)], None).InTime();
            appended.AddRange(result.Entries.Select(entry => entry.Seq));
        }

        foreach (var seen in await Task.WhenAll(followers).InTime())
            seen.ShouldBe(appended);
    }

    [Fact]
    public async Task What_is_acknowledged_is_seen_by_the_next_reader()
    {
        await using var store = await provider.OpenAsync();

        for (byte n = 0; n < 200; n++)
        {
            await store.Settings.SetAsync("n", [n], None).InTime();
            (await store.Settings.GetAsync("n", None).InTime()).ShouldBe([n]);
        }
    }

    [Fact]
    public async Task More_readers_than_connections_take_turns_and_may_give_up()
    {
        await using var store = await provider.OpenAsync();
        await using var readers = new ReaderPool(provider.Options with { Readers = 1 });
        using var gate = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var first = readers.ReadAsync(_ => gate.Wait(TimeLimit.Limit), None);
        var second = readers.ReadAsync(_ => 2, None);
        var third = readers.ReadAsync(_ => 3, cancellation.Token);

        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => third.InTime());
        second.IsCompleted.ShouldBeFalse();
        gate.Set();

        (await first.InTime()).ShouldBeTrue();
        (await second.InTime()).ShouldBe(2);
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        await using var store = await provider.OpenAsync();
        await using var readers = new ReaderPool(provider.Options);

        var fault = await Should.ThrowAsync<StoreException>(() => readers.ReadAsync(
            connection =>
            {
                connection.Execute("DELETE FROM settings");
                return 0;
            },
            None).InTime());

        fault.Fault.ShouldBe(StoreFault.Unwritable);
    }

    [Fact]
    public async Task Tailing_a_job_and_finding_its_work_use_an_index()
    {
        await using var store = await provider.OpenAsync();
        using var connection = Connection.Open(provider.Options, writable: false);

        Plan("SELECT seq, data FROM events WHERE job_key = 1 AND seq > 5 ORDER BY seq")
            .ShouldBe("SEARCH events USING INDEX events_by_job (job_key=? AND rowid>?)");
        Plan("SELECT ordinal FROM tasks WHERE agent_id = 'a' AND state < 3").ShouldContain("tasks_open (agent_id=?)");
        Plan("SELECT key FROM jobs WHERE state = 0 ORDER BY key").ShouldContain("jobs_open");
        Plan("SELECT id FROM jobs WHERE (created_at, key) < (5, 5) ORDER BY created_at DESC, key DESC").ShouldContain("jobs_by_age");

        string Plan(string sql)
        {
            using var rows = connection.Use("EXPLAIN QUERY PLAN " + sql);
            List<string> steps = [];
            while (rows.Next())
            {
                _ = (rows.Int(), rows.Int(), rows.Int());
                steps.Add(rows.Text());
            }

            return string.Join("; ", steps);
        }
    }

    private static async Task<List<long>> FollowAsync(SqliteFleetStore store, NewJob job)
    {
        List<long> seen = [];
        while (seen.Count < 600)
        {
            var page = await store.Events.ReadAsync(job.Id, seen.LastOrDefault(), 50, 1 << 20, None).InTime();
            seen.AddRange(page.Events.Select(e => e.Seq));
            var counts = (await store.Jobs.GetAsync(job.Id, None).InTime())!.Counts;
            counts.Running.ShouldBe(0); // a task starts and ends in one batch here: never seen in between
        }

        return seen;
    }
}
