using Fleet.Storage.Sqlite;

namespace Fleet.Storage.Tests.Sqlite;

/// <summary>A store that lost something is refused, told apart, and left as it is.</summary>
public sealed class ExpectationTests : IDisposable
{
    private const string Fleet = "f1ee7";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider provider = new();

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task A_new_store_belongs_to_the_fleet_that_it_was_made_for_and_its_revision_grows()
    {
        await using (var store = await OpenAsync(least: 0))
        {
            var first = await IdentityAsync(store);
            first.ShouldBe(new StoreIdentity(Fleet, 1));
            (await store.Revisions.AdvanceAsync(None).InTime()).ShouldBe(first with { Revision = 2 });
        }

        await using var again = await OpenAsync(least: 2);
        (await IdentityAsync(again)).Revision.ShouldBe(2);
    }

    [Fact]
    public async Task Who_belongs_to_the_fleet_changes_only_together_with_the_revision()
    {
        await using var store = await OpenAsync(least: 0);
        var last = (await IdentityAsync(store)).Revision;

        await GrowsAsync("a token is made", () => store.Tokens.CreateAsync(Some.AgentToken(), None));
        await GrowsAsync("an agent joins", () => store.Agents.EnrollAsync(Some.Enrollment(), None));
        var agent = (await store.Agents.ListAsync(false, None).InTime()).ShouldHaveSingleItem();
        await GrowsAsync("a certificate is renewed", () => store.Agents.SetCertificateAsync(agent.Id, "serial2", Some.Time.AddDays(90), None));
        await GrowsAsync("an agent is removed", () => store.Agents.RemoveAsync(agent.Id, Some.Time, None));
        await GrowsAsync("a certificate is revoked", () => store.Revocations.AddAsync(new RevocationRecord("s", Some.Time, Some.Time, "test"), None));

        await store.Agents.RecordDisconnectedAsync(agent.Id, Some.Time, None).InTime();
        await store.Settings.SetAsync("anything", [1], None).InTime();
        (await IdentityAsync(store)).Revision.ShouldBe(last, "nothing else makes it grow");

        async Task GrowsAsync(string what, Func<Task> change)
        {
            await change().InTime();
            var now = (await IdentityAsync(store)).Revision;
            now.ShouldBeGreaterThan(last, what);
            last = now;
        }
    }

    [Theory]
    [InlineData("is missing")]
    [InlineData("is empty")]
    public async Task A_store_that_is_gone_or_empty_is_refused_and_not_made_anew(string message)
    {
        if (message == "is empty")
            await File.WriteAllBytesAsync(provider.File, []);

        foreach (var least in (long?[])[1, null])
            await RefusedAsync(StoreFault.Lost, message, least);

        (File.Exists(provider.File) ? new FileInfo(provider.File).Length : 0).ShouldBe(0);
        await (await OpenAsync(least: 0)).DisposeAsync();
    }

    [Fact]
    public async Task A_store_whose_log_was_deleted_is_refused()
    {
        var crashed = await CrashAsync();
        File.Delete(crashed + "-wal");

        await RefusedAsync(StoreFault.Older, "its revision is 2, and was 3 before", least: 3);
    }

    [Fact]
    public async Task A_store_whose_log_was_damaged_is_refused()
    {
        var crashed = await CrashAsync();
        await using (var log = File.Open(crashed + "-wal", FileMode.Open))
        {
            // SQLite takes a frame with a wrong checksum for the end of the log: what is behind it is lost, and nothing is said.
            log.Length.ShouldBeGreaterThan(600);
            log.Position = 500;
            log.Write([.. Enumerable.Repeat((byte)0x5a, 100)]);
        }

        await RefusedAsync(StoreFault.Older, "has lost what was written last", least: 3);
    }

    [Fact]
    public async Task The_same_store_undamaged_is_taken_with_all_that_its_log_holds()
    {
        await CrashAsync();

        await using var store = await OpenAsync(least: 3);

        (await store.Tokens.ListAsync(None).InTime()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_store_that_lost_its_last_writes_can_be_taken_as_it_is()
    {
        var crashed = await CrashAsync();
        File.Delete(crashed + "-wal");

        await using var store = await OpenAsync(least: 3, otherwise: StoreMismatch.AcceptOlder);

        (await store.Tokens.ListAsync(None).InTime()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_is_not_the_one_can_be_set_aside_for_a_new_one()
    {
        var crashed = await CrashAsync();
        File.Delete(crashed + "-wal");
        var lost = await File.ReadAllBytesAsync(crashed);

        await using var store = await OpenAsync(least: 3, otherwise: StoreMismatch.SetAside);

        (await IdentityAsync(store)).ShouldBe(new StoreIdentity(Fleet, 1));
        (await store.Tokens.ListAsync(None).InTime()).ShouldBeEmpty();
        (await File.ReadAllBytesAsync($"{provider.File}.replaced-20261121T093115Z")).ShouldBe(lost);
    }

    [Fact]
    public async Task A_store_that_is_the_one_is_never_set_aside()
    {
        await CrashAsync();

        await using var store = await OpenAsync(least: 3, otherwise: StoreMismatch.SetAside);

        (await store.Tokens.ListAsync(None).InTime()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_store_whose_tables_are_empty_is_no_older_one_but_lost()
    {
        await (await provider.OpenAsync()).DisposeAsync();

        await RefusedAsync(StoreFault.Lost, "no agent, operator or token is left", least: 7);
        await RefusedAsync(StoreFault.Lost, "no agent, operator or token is left", least: null);
    }

    [Fact]
    public async Task Another_fleets_store_is_refused()
    {
        await (await OpenAsync(least: 0)).DisposeAsync();

        await RefusedAsync(StoreFault.OtherFleet, "belongs to another fleet", least: 0, fleet: "0ther");
        await RefusedAsync(StoreFault.OtherFleet, "belongs to another fleet", least: null, fleet: "0ther");
    }

    [Fact]
    public async Task A_store_of_an_earlier_version_is_taken_over()
    {
        RawDatabase.Execute(provider.File, await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Sqlite", "Fixtures", "schema-1.sql")));

        await using var store = await OpenAsync(least: null);

        (await IdentityAsync(store)).FleetId.ShouldBe(Fleet);
        (await store.Agents.FindByNameAsync("web001", None).InTime()).ShouldNotBeNull();
    }

    [Fact]
    public async Task The_file_of_a_quiet_store_holds_everything_by_itself()
    {
        var copy = Path.Combine(provider.Directory, "copy.db");
        await using (var store = await OpenAsync(least: 0, quiet: TimeSpan.FromMilliseconds(20)))
        {
            await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
            await store.Agents.EnrollAsync(Some.Enrollment(), None).InTime();
            for (var waited = 0; new FileInfo(provider.File + "-wal").Length > 0 && waited < 1000; waited++)
                await Task.Delay(10);
            File.Copy(provider.File, copy);
        }

        RawDatabase.Number(copy, "SELECT count(*) FROM agents").ShouldBe(1);
    }

    // Revision 2 is in the file, 3 in the log alone, when the machine stops: a reader needs the log, so nothing folds it in.
    private async Task<string> CrashAsync()
    {
        var store = await OpenAsync(least: 0, quiet: TimeSpan.FromMilliseconds(20));
        await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        for (var waited = 0; new FileInfo(provider.File + "-wal").Length > 0 && waited < 1000; waited++)
            await Task.Delay(10);
        var kept = Path.Combine(provider.Directory, "kept");
        using (var reader = Connection.Open(provider.Options, writable: false))
        {
            reader.ExecuteScript("BEGIN; SELECT * FROM tokens");
            await store.Tokens.CreateAsync(Some.AgentToken("t2"), None).InTime();
            foreach (var suffix in (string[])["", "-wal"])
                File.Copy(provider.File + suffix, kept + suffix);
        }

        await store.DisposeAsync();
        foreach (var suffix in (string[])["-shm", "-wal", ""])
            File.Delete(provider.File + suffix);
        foreach (var suffix in (string[])["", "-wal"])
            File.Move(kept + suffix, provider.File + suffix);
        return provider.File;
    }

    private async Task RefusedAsync(StoreFault fault, string message, long? least, string fleet = Fleet)
    {
        var before = Contents();
        var refusal = await Should.ThrowAsync<StoreException>(() => OpenAsync(least, fleet: fleet));
        refusal.Fault.ShouldBe(fault);
        refusal.Message.ShouldContain(provider.File);
        refusal.Message.ShouldContain(message);
        Contents().ShouldBe(before, "a store that is refused is left alone");
    }

    private Dictionary<string, string> Contents() => Directory.GetFiles(provider.Directory, "fleet.db*")
        .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal))
        .Where(file => new FileInfo(file).Length > 0 || !file.EndsWith("-wal", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));

    private static async Task<StoreIdentity> IdentityAsync(IFleetStore store) => (await store.Revisions.GetAsync(None).InTime()).ShouldNotBeNull();

    private Task<SqliteFleetStore> OpenAsync(
        long? least, TimeSpan? quiet = null, string fleet = Fleet, StoreMismatch otherwise = StoreMismatch.Refuse) =>
        provider.OpenAsync(provider.Options with
        {
            Expected = new StoreExpectation { FleetId = fleet, LeastRevision = least, OnMismatch = otherwise },
            CheckpointWhenQuietFor = quiet ?? TimeSpan.FromSeconds(2),
        });
}
