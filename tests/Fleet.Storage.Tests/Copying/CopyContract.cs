using Fleet.Storage.LiteDb;
using Fleet.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Storage.Tests.Copying;

/// <summary>What a copy from one kind of store to another must keep to.</summary>
public abstract class CopyContract(IStoreFiles from, IStoreFiles to) : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("fleet-storage-").FullName;

    private SettableTime Time { get; } = new();

    protected StorePlace From => new(from, Path.Combine(Directory, "from"));

    protected StorePlace To => new(to, Path.Combine(Directory, "to"));

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    [Fact]
    public async Task All_that_a_store_holds_arrives_and_there_is_something_of_everything()
    {
        IReadOnlyDictionary<string, string> before;
        await using (var store = await OpenAsync(From))
        {
            await FullStore.FillAsync(store, Time);
            before = await FullStore.AskAsync(store);
        }

        var copied = await CopyAsync();

        copied.Select(table => table.Table).ShouldBe(StoreTables.All.Select(table => table.Name));
        using (var rows = to.OpenRows(To.Path))
        {
            foreach (var table in StoreTables.All)
                ShouldHaveAllColumns(table, [.. rows.Read(table)]);
        }

        await using var copy = await OpenAsync(To, FullStore.OfAFleet with { LeastRevision = 2 });
        var after = await FullStore.AskAsync(copy);
        foreach (var (question, answer) in before)
            after[question].ShouldBe(answer, question);
        (await copy.CheckAsync(None).InTime()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_copy_goes_on_where_the_store_was()
    {
        long last;
        await using (var store = await OpenAsync(From))
        {
            await FullStore.FillAsync(store, Time);
            last = (await store.Events.ReadAsync("open", 0, 1000, 1 << 20, None).InTime()).Events[^1].Seq;
        }

        await CopyAsync();

        await using var copy = await OpenAsync(To);
        // No position is given out twice, and what there was once is known.
        (await copy.Events.AppendAsync([Some.Ended(Some.Job("open"), 1)], None).InTime()).Entries.ShouldHaveSingleItem().Status.ShouldBe(EntryStatus.Applied);
        (await copy.Events.ReadAsync("open", last, 10, 1 << 20, None).InTime()).Events.ShouldHaveSingleItem().Seq.ShouldBe(last + 1);
        (await copy.Findings.AppendAsync([FullStore.Hit("oom", "web001", 9)], Some.Time, None).InTime()).ShouldBe(1);
        (await copy.Findings.LastSeqAsync(None).InTime()).ShouldBe(6);
        (await copy.Findings.AppendAsync([FullStore.Hit("oom", "web001", 1)], Some.Time, None).InTime()).ShouldBe(0);
        (await copy.Jobs.CreateAsync(Some.Job("open") with { Id = "other" }, None).InTime()).Status.ShouldBe(JobCreationStatus.Existing);
        (await copy.Jobs.CreateAsync(Some.Job("next"), None).InTime()).Status.ShouldBe(JobCreationStatus.Created);
        var taken = Some.Enrollment("WEB002", "tok1") with { EnrollmentId = "another" };
        (await copy.Agents.EnrollAsync(taken, None).InTime()).Replaced!.Name.ShouldBe("web002");
        var before = (await copy.Revisions.GetAsync(None).InTime())!;
        (await copy.Revisions.AdvanceAsync(None).InTime()).Revision.ShouldBe(before.Revision + 1);
        // Retention knows how much there is, and what has ended.
        var report = await copy.Retention.SweepAsync(new RetentionPolicy { MaxJobAge = null, MaxOutputAge = null, MaxOutputBytes = 3 }, Time.Now, None).InTime();
        report.OutputsDropped.ShouldBe(1);
        (await copy.Findings.DeleteBeyondAsync(2, 10, None).InTime()).ShouldBeGreaterThan(0);
        (await copy.CheckAsync(None).InTime()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_copy_is_one_file_for_its_owner_alone_and_the_store_is_as_it_was()
    {
        await FillAsync();
        var before = await File.ReadAllBytesAsync(From.Path);

        await CopyAsync();

        System.IO.Directory.GetFiles(Directory, "to*").Select(Path.GetFileName).ShouldBe(["to", "to.lock"], ignoreOrder: true);
        File.GetUnixFileMode(To.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await File.ReadAllBytesAsync(From.Path)).ShouldBe(before);
    }

    [Fact]
    public async Task Neither_may_be_in_use()
    {
        await FillAsync();
        await using (await OpenAsync(From))
            (await ShouldFailAsync()).Fault.ShouldBe(StoreFault.InUse);
        // A controller that is about to make it.
        using (StoreLock.Acquire(To.Path))
            (await ShouldFailAsync()).Fault.ShouldBe(StoreFault.InUse);

        (await CopyAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_written_over_and_what_a_copy_that_was_killed_left_is_no_hindrance()
    {
        await FillAsync();
        foreach (var there in to.Suffixes.Prepend(""))
        {
            await File.WriteAllTextAsync(To.Path + there, "mine");
            (await ShouldFailAsync()).Message.ShouldContain("exists: a copy replaces nothing");
            (await File.ReadAllTextAsync(To.Path + there)).ShouldBe("mine");
            File.Delete(To.Path + there);
        }

        foreach (var left in to.Suffixes.Prepend(""))
            await File.WriteAllTextAsync(To.Path + ".unfinished" + left, "half of it");
        (await CopyAsync()).ShouldNotBeEmpty();
        System.IO.Directory.GetFiles(Directory, "*.unfinished*").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_store_of_a_fleet_is_not_copied()
    {
        (await ShouldFailAsync()).Fault.ShouldBe(StoreFault.Lost);
        await File.WriteAllTextAsync(From.Path, new string('x', 20_000));
        (await ShouldFailAsync()).Fault.ShouldBe(StoreFault.Corrupt);
        File.Delete(From.Path);
        await using (await from.OpenAsync(From.Path, null, Time, NullLogger.Instance, None).InTime())
        {
            // One that has not been told whose it is.
        }

        (await ShouldFailAsync()).Message.ShouldContain("is not a Fleet store");
        ShouldHaveLeftNothing();
    }

    [Theory]
    [InlineData("events")]
    [InlineData("finding_counts")]
    [InlineData("settings")]
    public async Task A_copy_that_lacks_a_row_is_noticed_and_removed(string table)
    {
        await FillAsync();

        var refusal = await Should.ThrowAsync<StoreException>(() => CopyAsync(To with { Files = new ForgetfulFiles(to, table) }));

        refusal.Message.ShouldContain($"is not the same in {table}, and was removed");
        ShouldHaveLeftNothing();
    }

    [Theory]
    [InlineData("copying", "events")]
    [InlineData("reading again", "settings")]
    public async Task Nothing_is_left_of_a_copy_that_was_given_up(string step, string table)
    {
        await FillAsync();
        using var given = new CancellationTokenSource();
        var progress = new Told(told =>
        {
            if (told.Step == step && told.Table == table)
                given.Cancel();
        });

        await Should.ThrowAsync<OperationCanceledException>(() => StoreCopy.RunAsync(From, To, Time, NullLogger.Instance, progress, given.Token).InTime());

        ShouldHaveLeftNothing();
    }

    protected async Task FillAsync()
    {
        await using var store = await OpenAsync(From);
        await FullStore.FillAsync(store, Time);
    }

    protected Task<IReadOnlyList<CopiedTable>> CopyAsync(StorePlace? place = null) =>
        StoreCopy.RunAsync(From, place ?? To, Time, NullLogger.Instance, progress: null, None).InTime();

    protected Task<IFleetStore> OpenAsync(StorePlace place, StoreExpectation? expected = null) =>
        place.Files.OpenAsync(place.Path, expected ?? FullStore.OfAFleet, Time, NullLogger.Instance, None).InTime();

    private async Task<StoreException> ShouldFailAsync() => await Should.ThrowAsync<StoreException>(() => CopyAsync());

    private void ShouldHaveLeftNothing() => System.IO.Directory.GetFiles(Directory, "to*").Select(Path.GetFileName).ShouldBeSubsetOf(["to.lock"]);

    // A column that is empty in each row would not be missed.
    private static void ShouldHaveAllColumns(StoreTable table, List<object?[]> rows)
    {
        for (var i = 0; i < table.Columns.Count; i++)
            rows.Exists(row => row[i] is not null).ShouldBeTrue($"{table.Name}.{table.Columns[i].Name} is empty in all {rows.Count} rows");
    }

    private sealed class Told(Action<CopyProgress> hear) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value) => hear(value);
    }
}

public sealed class FromSqliteToLiteDb() : CopyContract(new SqliteStoreFiles(), new LiteDbStoreFiles());

public sealed class FromLiteDbToSqlite() : CopyContract(new LiteDbStoreFiles(), new SqliteStoreFiles());

public sealed class FromSqliteToSqlite() : CopyContract(new SqliteStoreFiles(), new SqliteStoreFiles());

public sealed class FromLiteDbToLiteDb() : CopyContract(new LiteDbStoreFiles(), new LiteDbStoreFiles());
