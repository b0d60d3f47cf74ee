using Fleet.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Storage.Tests.Sqlite;

public sealed class MigrationTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SqliteProvider provider = new();

    // Not released: the mechanism must work before it is first needed.
    private static IReadOnlyList<Migration> WithNext { get; } =
    [
        .. Migrations.All,
        new(Migrations.All[^1].Version + 1, "note", "ALTER TABLE jobs ADD COLUMN note TEXT; UPDATE jobs SET note = 'upgraded ' || id;"),
    ];

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task A_database_of_the_first_version_is_brought_to_the_newest_with_all_it_holds()
    {
        RawDatabase.Execute(provider.File, await FixtureAsync("schema-1.sql"));

        await using (var store = await OpenAsync(Migrations.All))
        {
            (await store.Settings.GetAsync("fleet-id", None).InTime()).ShouldBe([1, 2]);
            (await store.Agents.FindByNameAsync("WEB001", None).InTime())!.Labels["role"].ShouldBe("web");
            var open = (await store.Jobs.ListOpenAsync(None).InTime()).ShouldHaveSingleItem();
            open.Tasks.Select(task => task.State).ShouldBe([TaskState.Running, TaskState.Pending]);
            var job = Some.Job("job1");
            var result = await store.Events.AppendAsync([Some.Started(job, 1), Some.Ended(job, 1), Some.Started(job, 2)], None).InTime();
            result.Entries.Select(entry => entry.Status).ShouldBe([EntryStatus.Repeat, EntryStatus.Applied, EntryStatus.Applied]);
            result.Entries[1].Seq.ShouldBe(42);
            (await store.CheckAsync(None).InTime()).ShouldBeEmpty();
        }

        RawDatabase.Number(provider.File, "SELECT max(version) FROM fleet_schema").ShouldBe(Migrations.All[^1].Version);
    }

    [Fact]
    public async Task A_released_migration_is_the_one_that_was_released()
    {
        // The fixture begins with the statements of version 1 as they were released: they never change again.
        var fixture = await FixtureAsync("schema-1.sql");

        fixture.ShouldStartWith(Migrations.All[0].Sql);
        Migrations.All.Select(migration => migration.Version).ShouldBe(Enumerable.Range(1, Migrations.All.Count));
    }

    [Fact]
    public async Task The_steps_missing_are_applied_once_and_in_order()
    {
        RawDatabase.Execute(provider.File, await FixtureAsync("schema-1.sql"));

        await (await OpenAsync(WithNext)).DisposeAsync();
        await (await OpenAsync(WithNext)).DisposeAsync();

        RawDatabase.Number(provider.File, "SELECT count(*) FROM jobs WHERE note = 'upgraded job1'").ShouldBe(1);
        RawDatabase.Number(provider.File, "SELECT count(*) FROM fleet_schema").ShouldBe(WithNext.Count);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_version_before_it()
    {
        Migration[] broken = [.. Migrations.All, new(Migrations.All[^1].Version + 1, "broken", "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1);")];

        await Should.ThrowAsync<StoreException>(() => OpenAsync(broken));

        RawDatabase.Number(provider.File, "SELECT count(*) FROM sqlite_master WHERE name = 'half'").ShouldBe(0);
        RawDatabase.Number(provider.File, "SELECT max(version) FROM fleet_schema").ShouldBe(Migrations.All[^1].Version);
        await (await OpenAsync(Migrations.All)).DisposeAsync();
    }

    [Fact]
    public async Task A_newer_schema_is_refused_with_both_versions_and_the_mend()
    {
        await (await OpenAsync(WithNext)).DisposeAsync();

        var refusal = await Should.ThrowAsync<StoreException>(() => OpenAsync(Migrations.All));

        refusal.Fault.ShouldBe(StoreFault.NewerSchema);
        refusal.Message.ShouldContain(provider.File);
        refusal.Message.ShouldContain($"version {WithNext[^1].Version}");
        refusal.Message.ShouldContain($"up to {Migrations.All[^1].Version}");
        refusal.Message.ShouldContain("restore a backup");
    }

    private static Task<string> FixtureAsync(string name) =>
        File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Sqlite", "Fixtures", name));

    private Task<SqliteFleetStore> OpenAsync(IReadOnlyList<Migration> migrations) =>
        SqliteFleetStore.OpenAsync(provider.Options, migrations, new SettableTime(), NullLogger.Instance, None).InTime();
}
