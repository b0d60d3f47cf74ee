using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbSettingsStore(LiteDbWriter writer, LiteDbReaders readers) : ISettingsStore
{
    public Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => Find(database, name), cancellationToken);

    public Task SetAsync(string name, byte[] value, CancellationToken cancellationToken)
    {
        StoreArguments.Id(name);
        return writer.ExecuteAsync(
            database =>
            {
                database.Upsert(Collections.Settings, ToDocument(name, value));
                return true;
            },
            cancellationToken,
            value.Length);
    }

    public Task<byte[]> GetOrAddAsync(string name, byte[] value, CancellationToken cancellationToken)
    {
        StoreArguments.Id(name);
        return writer.ExecuteAsync(
            database =>
            {
                if (Find(database, name) is { } there)
                    return there;
                database.Insert(Collections.Settings, ToDocument(name, value));
                return value;
            },
            cancellationToken,
            value.Length);
    }

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => database.Delete(Collections.Settings, name), cancellationToken);

    private static byte[]? Find(Database database, string name) => database.Find(Collections.Settings, name)?["value"].AsBinary;

    private static BsonDocument ToDocument(string name, byte[] value) => new() { ["_id"] = name, ["value"] = value };
}
