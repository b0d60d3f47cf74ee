using Fleet.Storage.LiteDb;
using LiteDB;
using LiteDB.Engine;

namespace Fleet.Storage.Tests.LiteDb;

/// <summary>A file that is not the store that was expected is refused, told apart, and left as it is.</summary>
public sealed class OpeningTests : IDisposable
{
    private const string Fleet = "f1ee7";
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly LiteDbProvider provider = new();

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task A_new_store_belongs_to_its_fleet_and_whoever_changes_who_belongs_to_it_raises_the_revision()
    {
        await using var store = await OpenAsync(least: 0);
        (await store.Revisions.GetAsync(None).InTime()).ShouldBe(new StoreIdentity(Fleet, 1));
        await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        await store.Agents.EnrollAsync(Some.Enrollment(), None).InTime();
        (await store.Revisions.GetAsync(None).InTime())!.Revision.ShouldBe(3);
        await store.Agents.RecordConnectedAsync("id-web001", "1", Some.Time, None).InTime();
        (await store.Revisions.GetAsync(None).InTime())!.Revision.ShouldBe(3);
        (await store.Revisions.AdvanceAsync(None).InTime()).Revision.ShouldBe(4);
    }

    [Fact]
    public async Task A_store_that_is_gone_older_or_anothers_is_refused_and_left_alone()
    {
        await RefusedAsync(StoreFault.Lost, "is missing", least: 1);
        await using (var store = await OpenAsync(least: 0))
            await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        await RefusedAsync(StoreFault.Older, "its revision is 2, and was 3 before", least: 3);
        await RefusedAsync(StoreFault.OtherFleet, "belongs to another fleet", least: 0, fleet: "0ther");
        await using (var accepted = await OpenAsync(least: 3, StoreMismatch.AcceptOlder))
            (await accepted.Tokens.ListAsync(None).InTime()).ShouldHaveSingleItem();
        await using (var anew = await OpenAsync(least: 3, StoreMismatch.SetAside))
            (await anew.Tokens.ListAsync(None).InTime()).ShouldBeEmpty();
        File.Exists($"{provider.File}.replaced-20261121T093115Z").ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_no_store_is_refused_and_left_alone()
    {
        await File.WriteAllTextAsync(provider.File, string.Concat(Enumerable.Repeat("not a database ", 1000)));
        await RefusedAsync(StoreFault.Corrupt, "not a Fleet store", least: null, fleet: null);
        File.Delete(provider.File);
        using (var other = new LiteEngine(provider.File))
            other.Insert("recipes", [new BsonDocument { ["name"] = "soup" }], BsonAutoId.ObjectId);
        await RefusedAsync(StoreFault.Corrupt, "another program's database", least: null, fleet: null);
    }

    [Fact]
    public async Task A_second_controller_is_refused_and_a_closed_store_is_one_file_for_its_owner_alone()
    {
        await using (var store = await provider.OpenAsync())
        {
            (await Should.ThrowAsync<StoreException>(() => provider.OpenAsync())).Fault.ShouldBe(StoreFault.InUse);
            await store.Settings.SetAsync("a", [1], None).InTime();
            foreach (var file in new[] { provider.File, provider.Log })
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        File.Exists(provider.Log).ShouldBeFalse();
        await using var again = await provider.OpenAsync();
        (await again.Settings.GetAsync("a", None).InTime()).ShouldBe([1]);
    }

    [Fact]
    public async Task A_store_of_the_first_schema_is_taken_over_with_its_agents_and_is_not_copied_before()
    {
        await using (var store = await OpenAsync(least: 0))
        {
            await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
            await store.Agents.EnrollAsync(Some.Enrollment(), None).InTime();
            await store.Agents.EnrollAsync(Some.Enrollment("web002"), None).InTime();
        }

        using (var first = new LiteEngine(provider.File))
            GiveFirstNames(first);
        Should.Throw<StoreException>(() => LiteDbRows.Open(provider.File)).Message.ShouldContain("schema version 1, and this Fleet's is 2");

        await using var taken = await OpenAsync(least: null);
        var again = await taken.Agents.EnrollAsync(Some.Enrollment(), None).InTime();
        again.Agent!.Id.ShouldBe("id-web001");
        (await taken.CheckAsync(None).InTime()).ShouldBeEmpty();
    }

    private static void GiveFirstNames(LiteEngine engine)
    {
        foreach (var collection in (string[])["agents", "operators"])
        {
            engine.DropIndex(collection, "enrollment");
            var documents = new List<BsonDocument>();
            using (var reader = engine.Query(collection, new Query()))
            {
                while (reader.Read())
                    documents.Add(reader.Current.AsDocument);
            }

            foreach (var document in documents)
            {
                document["enrolment"] = document["enrollment"];
                document.Remove("enrollment");
            }

            engine.Update(collection, documents);
            engine.EnsureIndex(collection, "enrolment", BsonExpression.Create("enrolment"), unique: true);
        }

        engine.Upsert("schema", [new BsonDocument { ["_id"] = "version", ["v"] = 1 }], BsonAutoId.ObjectId);
        // The pragma of the file says that closing it does not do so.
        engine.Checkpoint();
    }

    [Fact]
    public async Task What_fails_fails_alone_and_what_waits_shares_commits()
    {
        await using var store = await provider.OpenAsync();
        var good = Enumerable.Range(0, 200).Select(n => store.Settings.SetAsync($"good{n}", [1], None)).ToList();
        var bad = store.Writer.ExecuteAsync<int>(
            database =>
            {
                database.Upsert(Collections.Settings, new BsonDocument { ["_id"] = "half done", ["value"] = Array.Empty<byte>() });
                throw new InvalidOperationException("its own fault");
            },
            None);
        var late = store.Settings.SetAsync("late", [1], None);

        await Task.WhenAll(good).InTime();
        await late.InTime();
        (await Should.ThrowAsync<InvalidOperationException>(() => bad.InTime())).Message.ShouldBe("its own fault");
        (await store.Settings.GetAsync("half done", None).InTime()).ShouldBeNull();
        (await store.Settings.GetAsync("good199", None).InTime()).ShouldBe([1]);
        (await store.CheckAsync(None).InTime()).ShouldBeEmpty();

        var before = store.Statistics;
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(n => store.Settings.SetAsync($"n{n}", [1], None))).InTime();
        (store.Statistics.Commits - before.Commits).ShouldBeLessThan(200);
    }

    [Fact]
    public void LiteDB_keeps_its_open_transactions_where_they_are_looked_for()
    {
        // The names are LiteDB's own: another version may have others, and then a failed commit could end the process.
        using var engine = new LiteEngine();
        engine.BeginTrans();
        EngineEnd.Transactions(engine).Count.ShouldBe(1);
        engine.Rollback();
    }

    private async Task RefusedAsync(StoreFault fault, string message, long? least, string? fleet = Fleet)
    {
        var before = File.Exists(provider.File) ? await File.ReadAllBytesAsync(provider.File) : null;
        var refusal = await Should.ThrowAsync<StoreException>(() => OpenAsync(least, fleet: fleet));
        refusal.Fault.ShouldBe(fault);
        refusal.Message.ShouldContain(provider.File);
        refusal.Message.ShouldContain(message);
        (File.Exists(provider.File) ? await File.ReadAllBytesAsync(provider.File) : null).ShouldBe(before);
    }

    private Task<LiteDbFleetStore> OpenAsync(long? least, StoreMismatch otherwise = StoreMismatch.Refuse, string? fleet = Fleet) => provider.OpenAsync(
        provider.Options with
        {
            Expected = fleet is null ? null : new StoreExpectation { FleetId = fleet, LeastRevision = least, OnMismatch = otherwise },
        });
}
