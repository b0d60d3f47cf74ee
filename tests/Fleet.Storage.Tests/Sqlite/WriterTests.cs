using Fleet.Storage.Sqlite;

namespace Fleet.Storage.Tests.Sqlite;

public sealed class WriterTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider provider = new();

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task Thousands_of_presence_writes_at_once_share_a_few_commits()
    {
        await using var store = await provider.OpenAsync();
        await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        await Task.WhenAll(
            Enumerable.Range(0, 3000).Select(n => store.Agents.EnrollAsync(Some.Enrollment($"web{n:0000}"), None))).InTime();
        var before = store.Statistics;

        var written = await Task.WhenAll(
            Enumerable.Range(0, 3000).Select(n => store.Agents.RecordConnectedAsync($"id-web{n:0000}", null, Some.Time, None))).InTime();

        written.ShouldAllBe(found => found);
        var after = store.Statistics;
        (after.Operations - before.Operations).ShouldBe(3000);
        (after.Commits - before.Commits).ShouldBeLessThan(300);
        after.Queued.ShouldBe(0);
        (await store.Agents.ListAsync(false, None).InTime()).ShouldAllBe(agent => agent.LastConnectedAt == Some.Time);
    }

    [Fact]
    public async Task What_waits_shares_one_commit_and_what_fails_fails_alone()
    {
        await using var gated = GatedWriter.Open(provider.Options);
        var good = Enumerable.Range(0, 10).Select(n => gated.InsertAsync($"good{n}")).ToList();
        var bad = gated.Writer.ExecuteAsync<int>(
            connection =>
            {
                Insert(connection, "half done");
                throw new InvalidOperationException("its own fault");
            },
            None);
        var clash = gated.InsertAsync("good3");
        var late = gated.InsertAsync("late");

        gated.Open();

        await Task.WhenAll(good).InTime();
        await late.InTime();
        (await Should.ThrowAsync<InvalidOperationException>(() => bad.InTime())).Message.ShouldBe("its own fault");
        await Should.ThrowAsync<StoreException>(() => clash.InTime());
        gated.Writer.Statistics.Commits.ShouldBe(2); // the gate's and one for all the others
        await gated.DisposeAsync();
        RawDatabase.Number(provider.File, "SELECT count(*) FROM t").ShouldBe(11);
    }

    [Fact]
    public async Task Operations_that_join_are_executed_together_unless_one_of_them_is_at_fault()
    {
        await using var gated = GatedWriter.Open(provider.Options);
        var first = gated.JoinAsync("a", "b", "c");
        var between = gated.InsertAsync("between");
        var second = gated.JoinAsync("d", "bad", "e");

        gated.Open();

        (await Task.WhenAll(first).InTime()).ShouldBe([3, 3, 3]);
        await between.InTime();
        (await second[0].InTime()).ShouldBe(1);
        (await Should.ThrowAsync<InvalidOperationException>(() => second[1].InTime())).Message.ShouldBe("bad");
        (await second[2].InTime()).ShouldBe(1);
        gated.Writer.Statistics.Commits.ShouldBe(2);
        await gated.DisposeAsync();
        RawDatabase.Number(provider.File, "SELECT count(*) FROM t").ShouldBe(6);
    }

    [Fact]
    public async Task A_full_disk_is_named_and_passes()
    {
        await using var gated = GatedWriter.Open(provider.Options);
        gated.Open();
        await LimitPagesAsync(20);

        (await Should.ThrowAsync<StoreException>(() => gated.InsertAsync(new string('x', 200_000)).InTime()))
            .Fault.ShouldBe(StoreFault.DiskFull);

        await gated.InsertAsync("small").InTime();
        await LimitPagesAsync(1_000_000);
        await gated.InsertAsync(new string('x', 200_000)).InTime();
        await gated.DisposeAsync();
        RawDatabase.Number(provider.File, "SELECT count(*) FROM t").ShouldBe(2);

        Task<long> LimitPagesAsync(int pages) =>
            gated.Writer.ExecuteAsync(connection => connection.Number($"PRAGMA max_page_count = {pages}"), None).InTime();
    }

    [Fact]
    public async Task Few_and_small_operations_share_a_commit_if_so_bounded()
    {
        await using var gated = GatedWriter.Open(provider.Options with { MaxOperationsPerCommit = 4, MaxBytesPerCommit = 1000 });
        var small = Enumerable.Range(0, 8).Select(n => gated.InsertAsync($"small{n}"));
        var large = Enumerable.Range(0, 3).Select(n => gated.InsertAsync($"large{n}", bytes: 5000));
        var all = small.Concat(large).ToList();

        gated.Open();

        await Task.WhenAll(all).InTime();
        gated.Writer.Statistics.Commits.ShouldBe(1 + 2 + 3);
    }

    [Fact]
    public async Task A_write_cancelled_before_its_turn_is_not_done_and_one_under_way_tells_the_truth()
    {
        await using var gated = GatedWriter.Open(provider.Options);
        using var cancellation = new CancellationTokenSource();
        var waiting = gated.InsertAsync("waiting", cancellationToken: cancellation.Token);
        var kept = gated.InsertAsync("kept");

        await cancellation.CancelAsync();

        // Told at once, although the writer is still busy with something else.
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.InTime());
        gated.Open();
        await kept.InTime();
        await Should.ThrowAsync<OperationCanceledException>(() => gated.InsertAsync("never", cancellationToken: cancellation.Token));
        await gated.DisposeAsync();
        RawDatabase.Number(provider.File, "SELECT count(*) FROM t").ShouldBe(1);
    }

    [Fact]
    public async Task Cancelling_a_write_under_way_changes_nothing()
    {
        await using var gated = GatedWriter.Open(provider.Options);
        using var cancellation = new CancellationTokenSource();
        gated.Open();

        var write = gated.Writer.ExecuteAsync(
            connection =>
            {
                cancellation.Cancel();
                return Insert(connection, "under way");
            },
            cancellation.Token);

        (await write.InTime()).ShouldBe(1);
    }

    [Fact]
    public async Task A_full_queue_makes_callers_wait_and_they_may_give_up()
    {
        await using var gated = GatedWriter.Open(provider.Options with { QueueLength = 2 });
        var queued = Enumerable.Range(0, 2).Select(n => gated.InsertAsync($"queued{n}")).ToList();
        using var cancellation = new CancellationTokenSource();
        var outside = gated.InsertAsync("outside", cancellationToken: cancellation.Token);
        var patient = gated.InsertAsync("patient");
        gated.Writer.Statistics.Queued.ShouldBe(2);

        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => outside.InTime());
        gated.Open();

        await Task.WhenAll([.. queued, patient]).InTime();
    }

    private static int Insert(Connection connection, string value)
    {
        using var insert = connection.Use("INSERT INTO t (v) VALUES (?)");
        return insert.With(value).Run();
    }

    /// <summary>A writer that is busy until it is let go, so that a test decides what waits meanwhile.</summary>
    private sealed class GatedWriter(Writer writer, Task busy, ManualResetEventSlim gate) : IAsyncDisposable
    {
        public Writer Writer => writer;

        public static GatedWriter Open(SqliteStoreOptions options)
        {
            var connection = Connection.Open(options, writable: true);
            connection.ExecuteScript("CREATE TABLE t (v TEXT UNIQUE)");
            var writer = new Writer(connection, options, TimeProvider.System);
            var gate = new ManualResetEventSlim();
            using var entered = new ManualResetEventSlim();
            var busy = writer.ExecuteAsync(
                _ =>
                {
                    entered.Set();
                    return gate.Wait(TimeLimit.Limit);
                },
                None);
            entered.Wait(TimeLimit.Limit).ShouldBeTrue();
            return new GatedWriter(writer, busy, gate);
        }

        public Task<int> InsertAsync(string value, int bytes = 10, CancellationToken cancellationToken = default) =>
            writer.ExecuteAsync(connection => Insert(connection, value), cancellationToken, bytes);

        public List<Task<int>> JoinAsync(params string[] values) =>
            [.. values.Select(value => writer.ExecuteAsync(new Joining(value), None))];

        public void Open() => gate.Set();

        public async ValueTask DisposeAsync()
        {
            gate.Set();
            await busy.InTime();
            await writer.DisposeAsync().AsTask().InTime();
        }
    }

    /// <summary>Its result is how many were executed together.</summary>
    private sealed class Joining(string value) : WriteOperation<Connection, int>(10)
    {
        public override void Execute(Connection connection) => ExecuteTogether(connection, [this]);

        public override bool Joins(WriteOperation<Connection> before) => before is Joining;

        public override void ExecuteTogether(Connection connection, IReadOnlyList<WriteOperation<Connection>> run)
        {
            foreach (var operation in run.Cast<Joining>())
                operation.Execute(connection, run.Count);
        }

        private void Execute(Connection connection, int together)
        {
            Insert(connection, value);
            Result = value == "bad" ? throw new InvalidOperationException(value) : together;
        }
    }
}
