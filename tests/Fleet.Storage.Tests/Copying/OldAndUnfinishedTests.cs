using Fleet.Storage.LiteDb;
using Fleet.Storage.Sqlite;
using Fleet.Storage.Tests.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Storage.Tests.Copying;

/// <summary>Stores in the midst of something.</summary>
public sealed class OldAndUnfinishedTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider provider = new();
    private readonly SettableTime time = new();

    public void Dispose() => provider.Dispose();

    private StorePlace From => new(new SqliteStoreFiles(), provider.File);

    private StorePlace To => new(new LiteDbStoreFiles(), Path.Combine(provider.Directory, "copy.litedb"));

    [Fact]
    public async Task A_job_whose_deletion_was_cut_short_stays_hidden_and_is_deleted_in_the_copy()
    {
        await FillAsync();
        RawDatabase.Execute(provider.File, "UPDATE jobs SET purge = 2, request_id = NULL WHERE id = 'done'");
        await CopyAsync(From, To);
        MarkInLiteDb("old");

        // LiteDB keeps the request of such a job in its document, and SQLite does not: another job may have it by now.
        var back = new StorePlace(new SqliteStoreFiles(), Path.Combine(provider.Directory, "back.db"));
        await CopyAsync(To, back);
        foreach (var place in (StorePlace[])[To, back])
        {
            await using var copy = await OpenAsync(place);
            foreach (var marked in (string[])["done", "old"])
            {
                (await copy.Jobs.GetAsync(marked, None).InTime()).ShouldBeNull();
                (await copy.Jobs.CreateAsync(Some.Job(marked) with { Id = $"{marked}-again" }, None).InTime()).Status.ShouldBe(JobCreationStatus.Created);
            }

            var report = await copy.Retention.SweepAsync(new RetentionPolicy { MaxJobAge = null, MaxOutputAge = null, MaxOutputBytes = null }, time.Now, None).InTime();
            report.JobsDeleted.ShouldBe(2);
        }
    }

    [Fact]
    public async Task What_was_written_just_before_a_controller_was_killed_is_in_the_copy()
    {
        await FillAsync();
        // Not closed: what it wrote last is in its log alone, and the lock ends with the process.
        var killed = Connection.Open(provider.Options, writable: true);
        try
        {
            killed.ExecuteScript("UPDATE jobs SET summary = 'written last' WHERE id = 'open'");
            new FileInfo(provider.File + "-wal").Length.ShouldBeGreaterThan(0);
            await CopyAsync(From, To);
        }
        finally
        {
            killed.Dispose();
        }

        await using var copy = await OpenAsync(To);
        (await copy.Jobs.GetAsync("open", None).InTime())!.Summary.ShouldBe("written last");
    }

    [Fact]
    public async Task A_store_of_an_earlier_or_a_later_schema_is_left_to_its_own_Fleet()
    {
        await FillAsync();
        RawDatabase.Execute(provider.File, $"DELETE FROM fleet_schema WHERE version = {Migrations.All.Count}");
        (await Should.ThrowAsync<StoreException>(() => CopyAsync(From, To))).Message
            .ShouldContain($"has schema version {Migrations.All.Count - 1}, and this Fleet's is {Migrations.All.Count}: let the controller upgrade it first");

        RawDatabase.Execute(provider.File, "INSERT INTO fleet_schema (version, name, applied_at) VALUES (99, 'x', 0)");
        (await Should.ThrowAsync<StoreException>(() => CopyAsync(From, To))).Fault.ShouldBe(StoreFault.NewerSchema);
        File.Exists(To.Path).ShouldBeFalse();
    }

    private void MarkInLiteDb(string jobId)
    {
        using var file = StoreFile.Open(new LiteDbStoreOptions { Path = To.Path });
        var database = file.Use();
        database.Begin();
        var job = JobDocuments.FindDocument(database, jobId)!;
        job["purge"] = JobDocuments.Delete;
        JobDocuments.Update(database, job);
        database.Commit();
        file.TryCheckpoint().ShouldBeTrue();
    }

    private async Task FillAsync()
    {
        await using var store = await OpenAsync(From);
        await FullStore.FillAsync(store, time);
    }

    private Task<IReadOnlyList<CopiedTable>> CopyAsync(StorePlace from, StorePlace to) =>
        StoreCopy.RunAsync(from, to, time, NullLogger.Instance, progress: null, None).InTime();

    private Task<IFleetStore> OpenAsync(StorePlace place) => place.Files.OpenAsync(place.Path, FullStore.OfAFleet, time, NullLogger.Instance, None).InTime();
}
