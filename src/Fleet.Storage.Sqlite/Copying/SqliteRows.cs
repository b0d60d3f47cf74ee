namespace Fleet.Storage.Sqlite;

/// <summary>A SQLite store that nobody has open, as rows.</summary>
internal sealed class SqliteRows : IStoreRows
{
    private readonly Connection connection;

    private SqliteRows(Connection connection) => this.connection = connection;

    public static SqliteRows Open(string path)
    {
        var connection = Connection.Open(new SqliteStoreOptions { Path = path }, writable: false);
        // What a controller that was killed has left in the log is wanted for its next start.
        connection.CheckpointsOnClose = false;
        try
        {
            Migrator.CheckIsNewest(connection, Migrations.All);
            if (FleetRow.Find(connection) is null)
                throw new StoreException(StoreFault.Corrupt, $"{path} is not a Fleet store");
            return new SqliteRows(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public IEnumerable<object?[]> Read(StoreTable table)
    {
        using var rows = connection.Use(SqliteTables.Select(table));
        while (rows.Next())
        {
            var row = new object?[table.Columns.Count];
            for (var i = 0; i < row.Length; i++)
                row[i] = Value(rows, table.Columns[i].Kind);
            yield return row;
        }
    }

    public void Dispose() => connection.Dispose();

    private static object? Value(Statement row, ColumnKind kind) => kind switch
    {
        ColumnKind.Number => row.LongOrNull(),
        ColumnKind.Text => row.TextOrNull(),
        _ => row.BytesOrNull(),
    };
}
