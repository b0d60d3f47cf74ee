using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>Which of a scan's logs each file belongs to: one that was renamed to a name that the same glob matches is still that log's.</summary>
/// <remarks>One thread. A file is known by its number and its birth, where births are not known by what it holds besides.</remarks>
/// <param name="buffers">Shared with the followers of the thread.</param>
public sealed class FileClaims(FollowBuffers buffers)
{
    // No log has this name: files that were read by some log, and have names of no log.
    private const string Nobody = "";

    private readonly Dictionary<string, Claim> _byLog = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, HashSet<string>> _byInode = [];

    /// <summary>The globs whose files are followed, each as a log of its own, at the latest when they are next looked up. The default is none.</summary>
    public IReadOnlyList<string> Globs { get; set; } = [];

    /// <summary>Takes over which files were read by some log and have names of others: they are not to be read again, now and later.</summary>
    public void SetRenamed(IReadOnlyList<FilePosition> files) => Set(Nobody, new Claim(files, []));

    /// <summary>A name that is to be followed: its file is from now on its log's.</summary>
    public void Announce(string log)
    {
        if (!_byLog.ContainsKey(log))
        {
            Set(log, new Claim([], buffers.StatusOf(log) is { } status ? [status] : []));
        }
    }

    /// <summary>A log is followed no more.</summary>
    public void Release(string log) => Set(log, null);

    /// <summary>Whether the file that a name means now belongs to another log than the one of that name.</summary>
    /// <param name="path">The name.</param>
    /// <param name="position">What was read of it; null: nothing yet.</param>
    public bool IsOthers(string path, out FilePosition? position)
    {
        position = null;
        if (buffers.StatusOf(path) is not { IsRegular: true } status)
        {
            return false;
        }

        using LogGeneration? file = status.BornStamp == 0 ? LogGeneration.TryOpen(path, buffers, out _) : null;
        bool isOthers = false;
        foreach (string log in Claimants(status).Where(log => log != path))
        {
            isOthers |= _byLog[log].Has(status, file);
            position ??= _byLog[log].Positions.FirstOrDefault(known => Is(known, status, file));
        }

        return isOthers;
    }

    /// <summary>Whether the file that a name means now belongs to another log than this, or is read as the other log of that name.</summary>
    internal bool IsOthers(string log, string path, FileStatus status)
    {
        if (path != log && (_byLog.ContainsKey(path) || Globs.Any(glob => FileSet.Matches(glob, path))))
        {
            return true;
        }

        using LogGeneration? file = status.BornStamp == 0 ? LogGeneration.TryOpen(path, buffers, out _) : null;
        return Claimants(status).Any(other => other != log && _byLog[other].Has(status, file));
    }

    /// <summary>Takes over the files of a log.</summary>
    internal void Take(string log, FileMark mark, IEnumerable<FileStatus> held)
    {
        List<FileStatus> statuses = [.. held];
        if (mark.Live is { } live)
        {
            statuses.Add(live.ToStatus());
        }

        if (!_byLog.TryGetValue(log, out Claim? before) || !before.Positions.SequenceEqual(mark.Positions) || !before.Statuses.SequenceEqual(statuses))
        {
            Set(log, new Claim(mark.Positions, statuses));
        }
    }

    /// <summary>Whether a file belongs to another log than this.</summary>
    internal bool IsOthers(string log, LogGeneration file) => Claimants(file.Status).Any(other => other != log && _byLog[other].Has(file.Status, file));

    private HashSet<string> Claimants(FileStatus status) => _byInode.TryGetValue(status.Inode, out HashSet<string>? logs) ? logs : [];

    private void Set(string log, Claim? claim)
    {
        foreach (ulong inode in _byLog.Remove(log, out Claim? before) ? before.Inodes : Enumerable.Empty<ulong>())
        {
            if (_byInode[inode].Remove(log) && _byInode[inode].Count == 0)
            {
                _byInode.Remove(inode);
            }
        }

        if (claim is null)
        {
            return;
        }

        _byLog[log] = claim;
        foreach (ulong inode in claim.Inodes)
        {
            if (!_byInode.TryGetValue(inode, out HashSet<string>? logs))
            {
                _byInode[inode] = logs = new HashSet<string>(StringComparer.Ordinal);
            }

            logs.Add(log);
        }
    }

    private static bool Is(FilePosition position, FileStatus status, LogGeneration? file) =>
        position.IsOf(status) && ((position.BornStamp != 0 && status.BornStamp != 0) || (file is not null && file.Holds(position)));

    private sealed record Claim(IReadOnlyList<FilePosition> Positions, List<FileStatus> Statuses)
    {
        public IReadOnlySet<ulong> Inodes { get; } = Positions.Select(position => position.Inode).Concat(Statuses.Select(status => status.Inode)).ToHashSet();

        public bool Has(FileStatus status, LogGeneration? file) =>
            Statuses.Exists(known => known.IsSameFile(status)) || Positions.Any(position => Is(position, status, file));
    }
}
