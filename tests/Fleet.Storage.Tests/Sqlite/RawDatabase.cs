using Fleet.Storage.Sqlite;

namespace Fleet.Storage.Tests.Sqlite;

/// <summary>SQL on a database file behind the store's back.</summary>
internal static class RawDatabase
{
    public static void Execute(string file, string sql)
    {
        using var connection = Connection.Open(new SqliteStoreOptions { Path = file }, writable: true);
        connection.ExecuteScript(sql);
    }

    public static long Number(string file, string sql)
    {
        using var connection = Connection.Open(new SqliteStoreOptions { Path = file }, writable: true);
        return connection.Number(sql);
    }
}
