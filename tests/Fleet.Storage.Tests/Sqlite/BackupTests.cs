using Fleet.Storage.Sqlite;

namespace Fleet.Storage.Tests.Sqlite;

public sealed class BackupTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider provider = new();

    public void Dispose() => provider.Dispose();

    private string Target => Path.Combine(provider.Directory, "copy.db");

    [Fact]
    public async Task A_copy_of_a_store_that_is_written_to_is_whole_consistent_and_for_its_owner_alone()
    {
        await using var store = await OpenAsync();
        await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        await store.Agents.EnrollAsync(Some.Enrollment(), None).InTime();
        using var stop = new CancellationTokenSource();
        var done = 0;
        var writing = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; done++)
            {
                var job = Some.Job($"job{done:00000}", tasks: 20);
                await store.Jobs.CreateAsync(job, None);
                await store.Events.AppendAsync([.. Enumerable.Range(1, 20).SelectMany(task => new[] { Some.Started(job, task), Some.Ended(job, task) })], None);
            }
        });

        while (Volatile.Read(ref done) < 20)
            await Task.Delay(5);
        await SqliteBackup.CopyAsync(provider.File, Target, None).InTime();
        await stop.CancelAsync();
        await writing.InTime();

        var contents = await SqliteBackup.VerifyAsync(Target, None).InTime();
        contents.Agents.ShouldBe(1);
        contents.Tokens.ShouldBe(1);
        contents.Jobs.ShouldBeInRange(20, done);
        // The events of a job come in one commit: there are all 40 of each, but of the one that had only been made.
        contents.Events.ShouldBeInRange((contents.Jobs - 1) * 40, contents.Jobs * 40);
        (contents.Events % 40).ShouldBe(0);
        File.GetUnixFileMode(Target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(provider.Directory, "copy.db*").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_copy_is_a_store()
    {
        await using (var store = await OpenAsync())
            await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        await SqliteBackup.CopyAsync(provider.File, Target, None).InTime();

        await using var copy = await provider.OpenAsync(provider.Options with { Path = Target, Expected = new StoreExpectation { FleetId = "f1ee7", LeastRevision = 2 } });

        (await copy.Tokens.ListAsync(None).InTime()).ShouldHaveSingleItem();
        (await copy.CheckAsync(None).InTime()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_copy_that_is_damaged_or_no_store_is_named()
    {
        await using (var store = await OpenAsync())
        {
            for (var n = 0; n < 200; n++)
                await store.Settings.SetAsync($"name{n}", new byte[500], None).InTime();
        }

        await SqliteBackup.CopyAsync(provider.File, Target, None).InTime();
        var page = RawDatabase.Number(Target, "SELECT rootpage FROM sqlite_master WHERE name = 'settings'");
        await using (var file = File.OpenWrite(Target))
        {
            file.Position = (page - 1) * 4096;
            file.Write([.. Enumerable.Repeat((byte)0xff, 2000)]);
        }

        (await Should.ThrowAsync<StoreException>(() => SqliteBackup.VerifyAsync(Target, None).InTime())).Fault.ShouldBe(StoreFault.Corrupt);
        (await Should.ThrowAsync<StoreException>(() => SqliteBackup.VerifyAsync(Target + "x", None).InTime())).Fault.ShouldBe(StoreFault.Lost);
    }

    [Fact]
    public async Task Nothing_is_written_over_and_nothing_is_left_of_a_copy_that_was_given_up()
    {
        await using var store = await OpenAsync();
        await File.WriteAllTextAsync(Target, "mine");

        (await Should.ThrowAsync<StoreException>(() => SqliteBackup.CopyAsync(provider.File, Target, None).InTime())).Fault.ShouldBe(StoreFault.Unwritable);
        (await File.ReadAllTextAsync(Target)).ShouldBe("mine");

        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => SqliteBackup.CopyAsync(provider.File, Target + "2", given.Token).InTime());
        File.Exists(Target + "2").ShouldBeFalse();
    }

    private Task<SqliteFleetStore> OpenAsync() =>
        provider.OpenAsync(provider.Options with { Expected = new StoreExpectation { FleetId = "f1ee7", LeastRevision = 0 } });
}
