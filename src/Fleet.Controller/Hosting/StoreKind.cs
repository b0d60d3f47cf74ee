using Fleet.Storage;
using Fleet.Storage.LiteDb;
using Fleet.Storage.Sqlite;

namespace Fleet.Controller.Hosting;

/// <summary>What the store is kept in.</summary>
internal enum StoreKind
{
    /// <summary>SQLite: the default.</summary>
    Sqlite,

    /// <summary>LiteDB, which needs no native library.</summary>
    LiteDb,
}

/// <summary>The kinds of store that there are.</summary>
internal static class StoreKinds
{
    private static readonly SqliteStoreFiles s_sqlite = new();
    private static readonly LiteDbStoreFiles s_liteDb = new();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StoreKind> All { get; } = Enum.GetValues<StoreKind>();

    /// <summary>How settings and commands name them.</summary>
    public static string Words { get; } = string.Join(" or ", All.Select(kind => FilesOf(kind).Kind));

    /// <summary>What opens, copies and checks stores of a kind.</summary>
    public static IStoreFiles FilesOf(StoreKind kind) => kind switch
    {
        StoreKind.LiteDb => s_liteDb,
        _ => s_sqlite,
    };

    /// <summary>The kind of this name; null if there is none.</summary>
    public static StoreKind? Read(string text) =>
        All.Where(kind => FilesOf(kind).Kind == text).Select(kind => (StoreKind?)kind).FirstOrDefault();
}
