namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteSettingsStore(Writer writer, ReaderPool readers) : ISettingsStore
{
    public Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => Find(connection, name), cancellationToken);

    public Task SetAsync(string name, byte[] value, CancellationToken cancellationToken)
    {
        StoreArguments.Id(name);
        return writer.ExecuteAsync(
            connection =>
            {
                using var upsert = connection.Use(
                    "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
                return upsert.With(name).With(value).Run();
            },
            cancellationToken,
            value.Length);
    }

    public Task<byte[]> GetOrAddAsync(string name, byte[] value, CancellationToken cancellationToken)
    {
        StoreArguments.Id(name);
        return writer.ExecuteAsync(
            connection =>
            {
                using (var insert = connection.Use("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING"))
                    insert.With(name).With(value).Run();
                return Find(connection, name)!;
            },
            cancellationToken,
            value.Length);
    }

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(
            connection =>
            {
                using var delete = connection.Use("DELETE FROM settings WHERE name = ?");
                return delete.With(name).Run() > 0;
            },
            cancellationToken);

    private static byte[]? Find(Connection connection, string name)
    {
        using var row = connection.Use("SELECT value FROM settings WHERE name = ?").With(name);
        return row.Next() ? row.Bytes() : null;
    }
}
