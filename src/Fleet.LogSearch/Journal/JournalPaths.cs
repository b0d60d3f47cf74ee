namespace Fleet.LogSearch.Journal;

/// <summary>Where journals are.</summary>
public static class JournalPaths
{
    /// <summary>The host's own journal: the lasting one, and the one that goes with the boot.</summary>
    public static IReadOnlyList<string> OfHost { get; } = ["/var/log/journal", "/run/log/journal"];

    /// <summary>The journal files that a path stands for: itself, or those in the directory and its directories.</summary>
    internal static IEnumerable<string> FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? [path] : [];
        }

        // name.journal~ was set aside after a crash; its entries are still good.
        return Directory.EnumerateFiles(path, "*.journal*", SearchOption.AllDirectories)
            .Where(name => name.EndsWith(".journal", StringComparison.Ordinal) || name.EndsWith(".journal~", StringComparison.Ordinal));
    }
}
