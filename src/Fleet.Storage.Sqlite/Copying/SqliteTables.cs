namespace Fleet.Storage.Sqlite;

/// <summary>How the tables of a copy lie in this schema: under the same names, but for the numbers of the store as a whole.</summary>
internal static class SqliteTables
{
    /// <summary>Tables whose positions are given out once and never again, in the order of their numbers in <see cref="StoreTables.State"/>.</summary>
    public static readonly string[] Sequences = ["events", "findings", "deliveries"];

    /// <summary>Columns that are made of others, by table.</summary>
    public static readonly IReadOnlyDictionary<string, string> Derived = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["agents"] = "name_key",
        ["operators"] = "name_key",
    };

    /// <summary>What reads all rows of a table.</summary>
    public static string Select(StoreTable table) => table == StoreTables.State
        ? $"""
           SELECT fleet_id, revision, (SELECT seq FROM alert_progress), {string.Join(", ", Sequences.Select(LastOf))} FROM fleet
           """
        : $"SELECT {Columns(table)} FROM {table.Name}";

    /// <summary>What adds a row of a table: a parameter for each column, then one for what is derived.</summary>
    public static string Insert(StoreTable table)
    {
        var (names, count) = (Columns(table), table.Columns.Count);
        if (Derived.TryGetValue(table.Name, out var derived))
            (names, count) = ($"{names}, {derived}", count + 1);
        return $"INSERT INTO {table.Name} ({names}) VALUES ({string.Join(", ", Enumerable.Repeat("?", count))})";
    }

    /// <summary>The value of the derived column.</summary>
    public static string DeriveNameKey(StoreTable table, object?[] row) =>
        AgentRows.NameKey((string)row[table.Columns.TakeWhile(column => column.Name != "name").Count()]!);

    private static string Columns(StoreTable table) => string.Join(", ", table.Columns.Select(column => column.Name));

    private static string LastOf(string table) => $"coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0)";
}
