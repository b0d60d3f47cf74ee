using System.Globalization;
using System.IO.Enumeration;

namespace Fleet.LogSearch.Files;

/// <summary>Whether older, rotated files belong to a path.</summary>
public enum Rotation
{
    /// <summary>The file alone.</summary>
    Ignored,

    /// <summary>The file and those rotated away from it, oldest first: <c>app.log.2.gz</c>, <c>app.log.1</c>, <c>app.log-20261120</c>, <c>app.log</c>.</summary>
    Followed,
}

/// <summary>Turns paths and globs into files.</summary>
public static class FileSet
{
    private static readonly string[] s_packed = [".gz", ".zst", ".xz", ".bz2"];

    /// <summary>The files that a path or glob names, oldest first within a rotated set.</summary>
    /// <param name="pathOrGlob">An absolute path; <c>*</c> and <c>?</c> in any part, <c>**</c> for any number of directories.</param>
    /// <param name="rotation">Whether rotated files are added.</param>
    /// <exception cref="LogQueryException">The path is not absolute, or a glob matches nothing.</exception>
    /// <remarks>A plain path is given back whether or not it exists: the search says what is wrong with it.</remarks>
    public static IReadOnlyList<FileSource> Resolve(string pathOrGlob, Rotation rotation)
    {
        if (!Path.IsPathRooted(pathOrGlob))
        {
            throw new LogQueryException($"'{pathOrGlob}' is not an absolute path: the agent has no current directory of yours");
        }

        List<string> files = IsGlob(pathOrGlob) ? Expand(pathOrGlob) : [pathOrGlob];
        if (rotation == Rotation.Followed)
        {
            // A glob such as app.log* may name the rotated files itself: each once.
            files = files.Where(file => !files.Exists(other => other != file && RankOf(other, file) is not null))
                .SelectMany(RotatedSet).Distinct(StringComparer.Ordinal).ToList();
        }

        return files.ConvertAll(file => new FileSource(file));
    }

    /// <summary>The live files that a path or glob stands for now: rotated and compressed ones are left out.</summary>
    /// <param name="pathOrGlob">As for <see cref="Resolve"/>.</param>
    /// <param name="known">Files that are known to be live even where they are missing just now, between a rename and the file's next creation.</param>
    /// <exception cref="LogQueryException">As for <see cref="Resolve"/>.</exception>
    public static IReadOnlyList<string> LiveFiles(string pathOrGlob, IReadOnlyCollection<string> known)
    {
        if (!IsGlob(pathOrGlob))
        {
            return Resolve(pathOrGlob, Rotation.Ignored).Select(file => file.Name).ToArray();
        }

        List<string> files = Expand(pathOrGlob);
        string[] all = files.Concat(known).Distinct(StringComparer.Ordinal).ToArray();
        return files.Where(file => !Array.Exists(s_packed, packed => file.EndsWith(packed, StringComparison.Ordinal))
            && !Array.Exists(all, other => other != file && RankOf(other, file) is not null)).ToArray();
    }

    /// <summary>Whether a name is that of a packed file whose plain one is among the names too.</summary>
    internal static bool IsPackedCopy(string name, string[] names) =>
        Array.Find(s_packed, packed => name.EndsWith(packed, StringComparison.Ordinal)) is { } suffix && Array.IndexOf(names, name[..^suffix.Length]) >= 0;

    /// <summary>Whether a path stands for any number of files.</summary>
    public static bool IsGlob(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>Whether a glob stands for a path.</summary>
    public static bool Matches(string glob, string path) =>
        Matches(glob.Split('/', StringSplitOptions.RemoveEmptyEntries), path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    private static bool Matches(ReadOnlySpan<string> parts, ReadOnlySpan<string> names)
    {
        if (parts.IsEmpty || names.IsEmpty)
        {
            return parts.IsEmpty && names.IsEmpty;
        }

        // Directories, any number of them.
        return parts[0] == "**" && parts.Length > 1 ? Matches(parts[1..], names) || Matches(parts, names[1..])
            : MatchesName(parts[0], names[0]) && Matches(parts[1..], names[1..]);
    }

    // As in a shell, a wildcard does not match a leading dot.
    private static bool MatchesName(string part, ReadOnlySpan<char> name) => (name[0] != '.' || part[0] == '.') && FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false);

    private static List<string> Expand(string glob)
    {
        string[] parts = glob.Split('/', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> directories = ["/"];
        var everything = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (string part in parts[..^1])
        {
            directories = part == "**" ? directories.SelectMany(d => Directory.EnumerateDirectories(d, "*", everything).Prepend(d))
                : IsGlob(part) ? directories.SelectMany(d => Names(d, part, Directory.EnumerateDirectories))
                : directories.Select(d => Path.Join(d, part)).Where(Directory.Exists);
        }

        List<string> files = directories.SelectMany(d => Names(d, parts[^1], Directory.EnumerateFiles)).Distinct().Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new LogQueryException($"no file matches '{glob}'");
    }

    private static List<string> Names(string directory, string part, Func<string, IEnumerable<string>> enumerate)
    {
        try
        {
            return enumerate(directory).Where(path => MatchesName(part, Path.GetFileName(path.AsSpan()))).ToList();
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            return [];
        }
    }

    private static IEnumerable<string> RotatedSet(string live)
    {
        string? directory = Path.GetDirectoryName(live);
        if (directory is null || !Directory.Exists(directory))
        {
            return [live];
        }

        List<Rotated> set = [];
        foreach (string path in Directory.EnumerateFiles(directory, Path.GetFileName(live) + "?*"))
        {
            if (RankOf(live, path) is { } rank)
            {
                set.Add(new Rotated(path, rank.Dated, rank.Order));
            }
        }

        set.Sort(Rotated.Compare);
        return set.ConvertAll(file => file.Path).Append(live);
    }

    private sealed record Rotated(string Path, bool Dated, long Order)
    {
        public static int Compare(Rotated a, Rotated b) =>
            a.Dated != b.Dated ? a.Dated.CompareTo(b.Dated)
            : a.Order != b.Order ? a.Order.CompareTo(b.Order)
            : string.CompareOrdinal(a.Path, b.Path);
    }

    /// <summary>Where a file stands among those rotated from another, smallest first; null when it is none of them.</summary>
    private static (bool Dated, long Order)? RankOf(string live, string path)
    {
        if (!path.StartsWith(live, StringComparison.Ordinal) || path.Length < live.Length + 2)
        {
            return null;
        }

        string suffix = path[live.Length..];
        string packed = Array.Find(s_packed, p => suffix.EndsWith(p, StringComparison.Ordinal)) ?? "";
        suffix = suffix[..^packed.Length];
        if (suffix.Length < 2 || suffix[0] is not ('.' or '-' or '_'))
        {
            return null;
        }

        string digits = suffix[1..].Replace("-", "", StringComparison.Ordinal).Replace("T", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return null;
        }

        // Dates grow towards today, numbers away from it. A date with a time is scaled to the same fourteen places.
        bool dated = digits.Length >= 8;
        for (int places = digits.Length; dated && places < 14; places++)
        {
            number *= 10;
        }

        return (dated, dated ? number : -number);
    }
}
