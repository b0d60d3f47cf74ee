namespace Fleet.Security.Access;

/// <summary>Reads the tables that people have reviewed: lines of cells between tabs, and comments.</summary>
internal static class ReviewedTable
{
    /// <summary>The cells of each line.</summary>
    public static IEnumerable<string[]> Read(string name) => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Access", name))
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));
}
