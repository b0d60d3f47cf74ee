using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>Finds files of a log that were renamed to names out of its set (<c>app.1.log</c>, a symbolic link's old target): by their numbers.</summary>
internal sealed class MovedFiles(string live, FollowBuffers buffers)
{
    private readonly SortedDictionary<long, (string Path, FileStatus Status)> _names = [];

    // A generation that is nowhere is not looked for again, unless another file system is mounted there.
    private readonly HashSet<(long Generation, ulong Device)> _missed = [];

    /// <summary>Their names, oldest first.</summary>
    public IReadOnlyList<string> Names => [.. _names.Values.Select(moved => moved.Path)];

    /// <summary>Looks for those of the generations being read that a set does not hold; true where there is a name that was not known.</summary>
    public bool Find(FileMark mark, GenerationSet set, List<LogGeneration> held)
    {
        foreach (long generation in _names.Where(moved => !mark.Positions.Any(position => position.Generation == moved.Key)
            || buffers.StatusOf(moved.Value.Path) is not { } now || !now.IsSameFile(moved.Value.Status)).Select(moved => moved.Key).ToList())
        {
            _names.Remove(generation);
        }

        bool isNew = false;
        foreach (FilePosition position in mark.Positions)
        {
            if (!position.IsDone && !_names.ContainsKey(position.Generation) && !set.Files.Exists(file => file.IsNumbered(position)) && !set.Unreadable.Exists(position.IsOf)
                && PathOf(position, set, held) is { } found)
            {
                _names[position.Generation] = found;
                isNew = true;
            }
        }

        return isNew;
    }

    private (string Path, FileStatus Status)? PathOf(FilePosition position, GenerationSet set, List<LogGeneration> held)
    {
        if (held.Find(file => file.IsNumbered(position)) is { } open)
        {
            return open.OtherName() is { } name ? (name, open.Status) : null;
        }

        if (!_missed.Add((position.Generation, set.DirectoryDevice)))
        {
            return null;
        }

        foreach (string directory in new[] { Path.GetDirectoryName(live) ?? "/", set.Directory }.Distinct(StringComparer.Ordinal))
        {
            foreach (string path in LogDirectory.Files(directory))
            {
                if (buffers.StatusOf(path) is { IsRegular: true } status && position.IsOf(status) && IsIn(path, position))
                {
                    _missed.Remove((position.Generation, set.DirectoryDevice));
                    return (path, status);
                }
            }
        }

        return null;
    }

    // Where births are not known the number may be that of a younger file.
    private bool IsIn(string path, FilePosition position)
    {
        using LogGeneration? file = LogGeneration.TryOpen(path, buffers, out _);
        return file is not null && file.Holds(position);
    }
}
