using Microsoft.Extensions.Logging;

namespace Fleet.Storage.Sqlite;

/// <summary>Brings a store to the newest schema, and refuses files that are none of ours or of a newer Fleet.</summary>
internal sealed partial class Migrator(IReadOnlyList<Migration> migrations, TimeProvider time, ILogger logger)
{
    public void Migrate(Connection connection)
    {
        var stored = CheckIsKnown(connection, migrations);
        foreach (var migration in migrations.Where(migration => migration.Version > stored))
            Apply(connection, migration);
    }

    /// <summary>Refuses a store that has another schema than the newest, by reading alone.</summary>
    /// <exception cref="StoreException">It has.</exception>
    public static void CheckIsNewest(Connection connection, IReadOnlyList<Migration> migrations)
    {
        var stored = CheckIsKnown(connection, migrations);
        if (stored == 0)
            throw new StoreException(StoreFault.Corrupt, $"{connection.Path} is not a Fleet store");
        SchemaVersion.RefuseOlder(connection.Path, stored, Newest(migrations));
    }

    private static int Newest(IReadOnlyList<Migration> migrations) => migrations.Count == 0 ? 0 : migrations[^1].Version;

    private static long CheckIsKnown(Connection connection, IReadOnlyList<Migration> migrations)
    {
        var stored = StoredVersion(connection);
        SchemaVersion.RefuseNewer(connection.Path, stored, Newest(migrations));
        return stored;
    }

    private static long StoredVersion(Connection connection)
    {
        if (connection.Number("SELECT count(*) FROM sqlite_master") == 0)
            return 0;
        if (connection.Number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'fleet_schema'") == 0)
        {
            throw new StoreException(
                StoreFault.Corrupt, $"{connection.Path} is not a Fleet store but another program's database: name another file");
        }

        return connection.Number("SELECT max(version) FROM fleet_schema");
    }

    private void Apply(Connection connection, Migration migration)
    {
        connection.ExecuteScript("BEGIN IMMEDIATE");
        try
        {
            connection.ExecuteScript(
                "CREATE TABLE IF NOT EXISTS fleet_schema (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)");
            connection.ExecuteScript(migration.Sql);
            using (var statement = connection.Use("INSERT INTO fleet_schema (version, name, applied_at) VALUES (?, ?, ?)"))
                statement.With(migration.Version).With(migration.Name).With(time.GetUtcNow()).Run();
            connection.ExecuteScript("COMMIT");
        }
        catch
        {
            if (connection.InTransaction)
                connection.ExecuteScript("ROLLBACK");
            throw;
        }

        LogMigrated(connection.Path, migration.Version, migration.Name);
    }

    [LoggerMessage(2001, LogLevel.Information, "Store {Path}: schema is now at version {Version} ({Name})")]
    private partial void LogMigrated(string path, int version, string name);
}
