using Fleet.Storage.LiteDb;
using Fleet.Storage.Sqlite;
using LiteDB;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Storage.Tests.Copying;

/// <summary>No table, column, collection or field is forgotten by a copy: a new one fails here until it is named in <see cref="StoreTables"/>.</summary>
public sealed class ForgottenTablesTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string directory = Directory.CreateTempSubdirectory("fleet-storage-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Each_column_of_SQLite_is_copied_or_made_of_others()
    {
        // Of the file, not of the fleet.
        string[] ofTheFile = ["fleet_schema", "sqlite_sequence"];
        // The one row of StoreTables.State.
        string[] state = ["fleet.id", "fleet.fleet_id", "fleet.revision", "alert_progress.id", "alert_progress.seq"];
        var path = await FillAsync(new SqliteStoreFiles());

        var columns = new List<string>();
        using (var connection = Connection.Open(new SqliteStoreOptions { Path = path }, writable: false))
        {
            using var rows = connection.Use(
                "SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_xinfo(t.name) AS c WHERE t.type = 'table' ORDER BY 1, 2");
            while (rows.Next())
                columns.Add($"{rows.Text()}.{rows.Text()}");
        }

        var copied = StoreTables.All.Where(table => table != StoreTables.State).SelectMany(table => table.Columns.Select(column => $"{table.Name}.{column.Name}"));
        var derived = SqliteTables.Derived.Select(pair => $"{pair.Key}.{pair.Value}");
        columns.Where(column => !ofTheFile.Contains(column.Split('.')[0])).ShouldBe(copied.Concat(derived).Concat(state), ignoreOrder: true);
    }

    [Fact]
    public async Task Each_sequence_of_SQLite_is_copied()
    {
        var path = await FillAsync(new SqliteStoreFiles());
        var sequences = new List<string>();
        using var connection = Connection.Open(new SqliteStoreOptions { Path = path }, writable: false);
        using var rows = connection.Use("SELECT name FROM sqlite_sequence");
        while (rows.Next())
            sequences.Add(rows.Text());

        sequences.ShouldBe(SqliteTables.Sequences, ignoreOrder: true);
        StoreTables.State.Columns.Count.ShouldBe(3 + SqliteTables.Sequences.Length);
    }

    [Fact]
    public void Each_collection_of_LiteDB_is_copied_or_made_of_others()
    {
        LiteDbTables.All.Select(table => table.Table).ShouldBe(StoreTables.All.Where(table => table != StoreTables.State), ignoreOrder: true);
        LiteDbTables.All.Select(table => table.Collection).Concat(LiteDbTables.Derived).Append(Collections.State)
            .ShouldBe(Collections.Indexes.Keys, ignoreOrder: true);
    }

    [Fact]
    public async Task Each_field_of_LiteDB_is_copied_or_there_for_an_index()
    {
        string[] state = ["_id", "fleet", "revision", "judged", "event", "finding", "delivery"];
        // Largest key and sum of the jobs that there are.
        string[] derived = ["job", "output"];
        using var file = StoreFile.OpenToRead(new LiteDbStoreOptions { Path = await FillAsync(new LiteDbStoreFiles()) });
        var database = file.Use();

        foreach (var table in LiteDbTables.All)
        {
            var known = table.FieldNames.Concat(Collections.Indexes[table.Collection].Select(field => field.TrimEnd('!'))).Append("_id").ToHashSet(StringComparer.Ordinal);
            FieldsOf(table.Collection).ShouldAllBe(field => known.Contains(field), table.Collection);
        }

        FieldsOf(Collections.State).ShouldBe(state.Concat(derived), ignoreOrder: true);

        List<string> FieldsOf(string collection) => [.. database.All(collection).SelectMany(document => document.Keys).Distinct()];
    }

    [Fact]
    public async Task What_LiteDB_has_for_its_indexes_is_made_anew_as_it_was()
    {
        var files = new LiteDbStoreFiles();
        var path = await FillAsync(files);
        var copy = Path.Combine(directory, "copy");
        await StoreCopy.RunAsync(new StorePlace(files, path), new StorePlace(files, copy), new SettableTime(), NullLogger.Instance, progress: null, None).InTime();

        using var before = StoreFile.OpenToRead(new LiteDbStoreOptions { Path = path });
        using var after = StoreFile.OpenToRead(new LiteDbStoreOptions { Path = copy });
        foreach (var collection in Collections.Indexes.Keys.Where(collection => collection != Collections.Schema))
            Documents(after, collection).ShouldBe(Documents(before, collection), collection);

        // Of a field that holds nothing and one that is not there nobody can tell which it is; a count that never began is 0.
        static List<string> Documents(StoreFile file, string collection) =>
        [
            .. file.Use().All(collection).Select(document => string.Join(
                "; ",
                document.Where(field => !field.Value.IsNull && !(collection == Collections.Jobs && field.Value is { IsInt32: true, AsInt32: 0 }))
                    .OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value.Type} {JsonSerializer.Serialize(field.Value)}"))),
        ];
    }

    private async Task<string> FillAsync(IStoreFiles files)
    {
        var path = Path.Combine(directory, files.FileName);
        var time = new SettableTime();
        await using var store = await files.OpenAsync(path, FullStore.OfAFleet, time, NullLogger.Instance, None).InTime();
        await FullStore.FillAsync(store, time);
        return path;
    }
}
