using Fleet.Storage.Sqlite;

namespace Fleet.Storage.Tests.Sqlite;

public sealed class OpeningTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider provider = new();

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task A_second_controller_is_refused_and_told_how_to_find_the_first()
    {
        await using (await provider.OpenAsync())
        {
            var refusal = await FaultAsync(provider.Options);

            refusal.Fault.ShouldBe(StoreFault.InUse);
            refusal.Message.ShouldContain("another controller");
            refusal.Message.ShouldContain($"fuser {provider.File}.lock");
        }

        await (await provider.OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        await File.WriteAllTextAsync(provider.File, string.Concat(Enumerable.Repeat("not a database ", 1000)));
        var before = await File.ReadAllBytesAsync(provider.File);

        (await FaultAsync(provider.Options)).Fault.ShouldBe(StoreFault.Corrupt);

        (await File.ReadAllBytesAsync(provider.File)).ShouldBe(before);
    }

    [Fact]
    public async Task Another_programs_database_is_refused()
    {
        RawDatabase.Execute(provider.File, "CREATE TABLE recipes (name TEXT)");

        var refusal = await FaultAsync(provider.Options);

        refusal.Fault.ShouldBe(StoreFault.Corrupt);
        refusal.Message.ShouldContain("another program's database");
    }

    [Fact]
    public async Task A_damaged_store_is_named_as_such()
    {
        await using (var store = await provider.OpenAsync())
            await store.Settings.SetAsync("a", new byte[50_000], None).InTime();
        await using (var file = File.OpenWrite(provider.File))
        {
            // The pages of the schema and the tables, but not the file's head.
            file.Position = 100;
            file.Write(new byte[file.Length - 100]);
        }

        (await FaultAsync(provider.Options)).Fault.ShouldBe(StoreFault.Corrupt);
    }

    [Fact]
    public async Task Damage_inside_is_found_by_the_check()
    {
        await using (var store = await provider.OpenAsync())
        {
            for (var n = 0; n < 200; n++)
                await store.Settings.SetAsync($"name{n}", new byte[500], None).InTime();
        }

        var page = RawDatabase.Number(provider.File, "SELECT rootpage FROM sqlite_master WHERE name = 'settings'");
        await using (var file = File.OpenWrite(provider.File))
        {
            // From the page's kind on. With the head left alone, a search may leave by the right-most child and find nothing,
            // without ever looking at a damaged cell.
            file.Position = (page - 1) * 4096;
            file.Write([.. Enumerable.Repeat((byte)0xff, 2000)]);
        }

        await using var damaged = await provider.OpenAsync();
        (await damaged.CheckAsync(None).InTime()).ShouldNotBeEmpty();
        var fault = await Should.ThrowAsync<StoreException>(() => damaged.Settings.GetAsync("name7", None).InTime());
        fault.Fault.ShouldBe(StoreFault.Corrupt);
        fault.Message.ShouldContain("restore a backup");
    }

    [Fact]
    public async Task Nobody_but_its_owner_may_read_the_store_also_where_it_was_open_before()
    {
        await using (await provider.OpenAsync())
        {
            foreach (var file in Directory.GetFiles(provider.Directory, "fleet.db*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        File.SetUnixFileMode(provider.File, (UnixFileMode)Convert.ToInt32("644", 8));
        await (await provider.OpenAsync()).DisposeAsync();
        File.GetUnixFileMode(provider.File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_path_that_cannot_be_written_is_named_with_the_mend()
    {
        var missing = await FaultAsync(new SqliteStoreOptions { Path = Path.Combine(provider.Directory, "none", "fleet.db") });
        Directory.CreateDirectory(provider.File);
        var directory = await FaultAsync(provider.Options);

        missing.Fault.ShouldBe(StoreFault.Unwritable);
        missing.Message.ShouldContain("its directory must exist");
        directory.Fault.ShouldBe(StoreFault.Unwritable);
    }

    [Fact]
    public async Task A_lock_of_another_program_is_waited_for_and_then_named()
    {
        await (await provider.OpenAsync()).DisposeAsync();
        var options = provider.Options with { LockTimeout = TimeSpan.FromMilliseconds(50) };
        await using var store = await provider.OpenAsync(options);
        using (var other = Connection.Open(options, writable: true))
        {
            other.ExecuteScript("BEGIN IMMEDIATE");
            (await Should.ThrowAsync<StoreException>(() => store.Settings.SetAsync("a", [1], None).InTime()))
                .Fault.ShouldBe(StoreFault.Locked);
        }

        await store.Settings.SetAsync("a", [2], None).InTime();
        (await store.Settings.GetAsync("a", None).InTime()).ShouldBe([2]);
    }

    [Fact]
    public async Task Settings_that_make_no_sense_are_all_named_at_once()
    {
        var options = new SqliteStoreOptions { Path = " ", Readers = 0, QueueLength = -1, LockTimeout = TimeSpan.FromDays(1) };

        var mistake = await Should.ThrowAsync<ArgumentException>(() => provider.OpenAsync(options));

        foreach (var name in new[] { "Path", "Readers", "QueueLength", "LockTimeout" })
            mistake.Message.ShouldContain(name);
    }

    [Fact]
    public async Task A_closed_store_says_so_and_what_was_accepted_before_is_stored()
    {
        var store = await provider.OpenAsync();
        var accepted = Enumerable.Range(0, 100).Select(n => store.Settings.SetAsync($"n{n}", [1], None)).ToList();

        await store.DisposeAsync().AsTask().InTime();
        await store.DisposeAsync().AsTask().InTime();

        await Task.WhenAll(accepted).InTime();
        (await Should.ThrowAsync<StoreException>(() => store.Settings.SetAsync("a", [1], None).InTime()))
            .Fault.ShouldBe(StoreFault.Closed);
        (await Should.ThrowAsync<StoreException>(() => store.Settings.GetAsync("a", None).InTime())).Fault.ShouldBe(StoreFault.Closed);
        RawDatabase.Number(provider.File, "SELECT count(*) FROM settings").ShouldBe(100);
    }

    private async Task<StoreException> FaultAsync(SqliteStoreOptions options)
    {
        var fault = await Should.ThrowAsync<StoreException>(() => provider.OpenAsync(options));
        fault.Message.ShouldContain(options.Path);
        return fault;
    }
}
