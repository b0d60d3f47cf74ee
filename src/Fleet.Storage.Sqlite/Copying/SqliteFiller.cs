using Microsoft.Extensions.Logging;

namespace Fleet.Storage.Sqlite;

/// <summary>A new SQLite store that is filled with rows.</summary>
internal sealed class SqliteFiller : IStoreFiller
{
    private readonly string path;
    private readonly Connection connection;

    private SqliteFiller(string path, Connection connection)
    {
        this.path = path;
        this.connection = connection;
    }

    public static SqliteFiller Create(string path, TimeProvider time, ILogger logger)
    {
        using (new FileStream(path, PrivateFile.New()))
        {
            // Only to be there, for its owner alone.
        }

        var connection = Connection.Open(new SqliteStoreOptions { Path = path }, writable: true);
        try
        {
            new Migrator(Migrations.All, time, logger).Migrate(connection);
            return new SqliteFiller(path, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Write(StoreTable table, IReadOnlyList<object?[]> rows)
    {
        connection.Execute("BEGIN IMMEDIATE");
        foreach (var row in rows)
        {
            if (table == StoreTables.State)
                WriteState(row);
            else
                Insert(table, row);
        }

        connection.Execute("COMMIT");
    }

    public void Complete()
    {
        // The log is folded in and left behind: a file by itself, as a backup is.
        connection.ExecuteScript("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
        connection.Dispose();
        PrivateFile.Flush(path);
    }

    public void Dispose() => connection.Dispose();

    private void Insert(StoreTable table, object?[] row)
    {
        using var insert = connection.Use(SqliteTables.Insert(table));
        foreach (var value in row)
            Bind(insert, value);
        if (SqliteTables.Derived.ContainsKey(table.Name))
            insert.With(SqliteTables.DeriveNameKey(table, row));
        insert.Run();
    }

    // Until there is a row in the table "fleet" its triggers count nothing.
    private void WriteState(object?[] row)
    {
        using (var fleet = connection.Use("INSERT INTO fleet (id, fleet_id, revision) VALUES (1, ?, ?)"))
            fleet.With((string?)row[0]).With((long?)row[1]).Run();
        using (var judged = connection.Use("UPDATE alert_progress SET seq = ?"))
            judged.With((long?)row[2]).Run();
        for (var i = 0; i < SqliteTables.Sequences.Length; i++)
        {
            using (var forget = connection.Use("DELETE FROM sqlite_sequence WHERE name = ?"))
                forget.With(SqliteTables.Sequences[i]).Run();
            using var sequence = connection.Use("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)");
            sequence.With(SqliteTables.Sequences[i]).With((long?)row[3 + i]).Run();
        }
    }

    private static void Bind(Statement statement, object? value)
    {
        _ = value switch
        {
            null => statement.With((string?)null),
            long number => statement.With(number),
            string text => statement.With(text),
            byte[] bytes => statement.With(bytes),
            _ => throw new InvalidOperationException($"a row holds a {value.GetType().Name}"),
        };
    }
}
