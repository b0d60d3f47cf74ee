using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>The files of a rotated set as they were at one moment, opened, oldest first.</summary>
internal sealed class GenerationSet : IDisposable
{
    private const int MostTries = 5;

    private readonly List<LogGeneration> _held;
    private readonly List<string> _missing;
    private readonly string[] _names;
    private readonly FollowBuffers _buffers;

    private GenerationSet(List<LogGeneration> files, string[] names, List<string> missing, List<LogGeneration> held, FollowBuffers buffers, string fault)
    {
        Files = files;
        _names = names;
        _missing = missing;
        _held = held;
        _buffers = buffers;
        Fault = fault;
    }

    public List<LogGeneration> Files { get; }

    /// <summary>Why the live file is not among them; empty when it is.</summary>
    public string Fault { get; }

    /// <summary>Opens the whole set; null when its names would not stand still.</summary>
    /// <param name="live">The live file's path.</param>
    /// <param name="held">Files that are open already; they stay their owner's.</param>
    /// <param name="buffers">For what is read.</param>
    public static GenerationSet? TryOpen(string live, List<LogGeneration> held, FollowBuffers buffers)
    {
        for (int tries = 0; tries < MostTries; tries++)
        {
            GenerationSet set = Open(Names(live, buffers), live, held, buffers);
            // A rotation renames file after file: what was opened is one moment's only if names and files are still the same.
            if (set.StandsStill(live))
            {
                return set;
            }

            set.Dispose();
        }

        return null;
    }

    /// <summary>Opens files that are known to be the set's; null when one of them is another file by now.</summary>
    public static GenerationSet? TryOpen(IReadOnlyList<SeenFile> seen, string live, List<LogGeneration> held, FollowBuffers buffers)
    {
        GenerationSet set = Open([.. seen.Where(file => file.Status is not null).Select(file => file.Path)], live, held, buffers);
        bool same = set.Files.Count == seen.Count(file => file.Status is not null)
            && set.Files.TrueForAll(file => seen.Any(before => before.Path == file.Name && before.Status!.Value.IsSameFile(file.Status)))
            && seen.All(file => file.Status is not null || buffers.StatusOf(file.Path) is null);
        if (same)
        {
            return set;
        }

        set.Dispose();
        return null;
    }

    /// <summary>Whether names and files are those that were opened, after what was done with them: no rotation has come between.</summary>
    public bool StandsStill(string live) =>
        _names.AsSpan().SequenceEqual(Names(live, _buffers)) && Files.TrueForAll(file => _buffers.StatusOf(file.Name) is { } now && now.IsSameFile(file.Status))
            && _missing.TrueForAll(name => _buffers.StatusOf(name) is null);

    public void Dispose()
    {
        foreach (LogGeneration file in Files.Where(file => !_held.Contains(file)))
        {
            file.Dispose();
        }
    }

    // While a packed file is being written, the plain one stands beside it: it is the one to read.
    private static string[] Names(string live, FollowBuffers buffers)
    {
        buffers.Moment?.Invoke();
        string[] names = FileSet.Resolve(live, Rotation.Followed).Select(source => source.Name).ToArray();
        return Array.FindAll(names, name => !FileSet.IsPackedCopy(name, names));
    }

    private static GenerationSet Open(string[] names, string live, List<LogGeneration> held, FollowBuffers buffers)
    {
        var files = new List<LogGeneration>();
        var missing = new List<string>();
        string liveFault = "";
        foreach (string name in names)
        {
            if (held.Count > 0 && buffers.StatusOf(name) is { } status && held.Find(file => status.IsSameFile(file.Status)) is { } open)
            {
                open.Refresh(name);
                open.UnlistedAt = null;
                files.Add(open);
                continue;
            }

            LogGeneration? file = LogGeneration.TryOpen(name, buffers, out string fault);
            liveFault = name == live ? fault : liveFault;
            if (file is not null)
            {
                files.Add(file);
            }
            else if (fault == LogGeneration.Missing)
            {
                missing.Add(name);
            }
        }

        return new GenerationSet(files, names, missing, held, buffers, liveFault);
    }
}

/// <summary>A file as it was when it was looked at last.</summary>
/// <param name="Path">Its name then.</param>
/// <param name="Status">Null: there was none of that name.</param>
internal sealed record SeenFile(string Path, FileStatus? Status);
