using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>The files of a rotated set as they were at one moment, opened, oldest first.</summary>
internal sealed class GenerationSet : IDisposable
{
    /// <summary>Why nothing can be said of a log.</summary>
    public const string NoDirectory = "its directory is not there";

    private const int MostTries = 5;

    private readonly SetLook _look;
    private readonly string[] _names;
    private readonly List<SeenFile> _others = [];
    private bool _isLiveOthers;

    private GenerationSet(SetLook look, string[] names) => (_look, _names) = (look, names);

    public List<LogGeneration> Files { get; } = [];

    /// <summary>Why the live file is not among them; empty when it is.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>What is known of the live file where it is not among them; null where there is none.</summary>
    public FileStatus? LiveStatus => _others.Find(other => other.Path == _look.Live)?.Status;

    /// <summary>Whether there is a live file of this log, opened or not; one of another log may have its name.</summary>
    public bool HasLive => Files.Exists(file => file.Name == _look.Live) || (LiveStatus is not null && !_isLiveOthers);

    /// <summary>Whether the directory cannot be seen, or the live file's status cannot be had: what is not found here may be there all the same.</summary>
    public bool IsAway { get; private set; }

    /// <summary>Files that are there and cannot be opened.</summary>
    public List<FileStatus> Unreadable { get; } = [];

    /// <summary>Whether the live file's name is a symbolic link: where it points tells which file is the live one.</summary>
    public bool IsLink { get; private set; }

    /// <summary>The directory of the live file, behind symbolic links.</summary>
    public string Directory { get; private set; } = "";

    /// <summary>The file system of the live file's directory; 0 where that is not known.</summary>
    public ulong DirectoryDevice { get; private set; }

    /// <summary>Opens the whole set; null when its names would not stand still.</summary>
    public static GenerationSet? TryOpen(SetLook look)
    {
        for (int tries = 0; tries < MostTries; tries++)
        {
            string fault = "";
            var set = new GenerationSet(look, Names(look, ref fault));
            set.Open([.. look.Moved, .. set._names], fault);
            // A rotation renames file after file: what was opened is one moment's only if names and files are still the same.
            if (set.StandsStill())
            {
                return set;
            }

            set.Dispose();
        }

        return null;
    }

    /// <summary>Opens files that are known to be the set's; null when one of them is another file by now.</summary>
    public static GenerationSet? TryOpen(SetLook look, IReadOnlyList<SeenFile> seen)
    {
        string[] names = [.. seen.Where(file => file.Status is not null).Select(file => file.Path)];
        var set = new GenerationSet(look, names);
        set.Open(names, "");
        bool same = set.Files.Count == names.Length
            && set.Files.TrueForAll(file => seen.Any(before => before.Path == file.Name && before.Status!.Value.IsSameFile(file.Status)))
            && seen.All(file => file.Status is not null || look.Buffers.StatusOf(file.Path) is null);
        if (same)
        {
            return set;
        }

        set.Dispose();
        return null;
    }

    /// <summary>Whether a file is here only because it was known to be of the log; its name says nothing of its place in the order.</summary>
    public bool IsMoved(LogGeneration file) => _look.Moved.Contains(file.Name) && Array.IndexOf(_names, file.Name) < 0;

    /// <summary>Whether names and files are those that were opened, after what was done with them: no rotation has come between.</summary>
    public bool StandsStill()
    {
        string fault = "";
        return _names.AsSpan().SequenceEqual(Names(_look, ref fault))
            && Files.TrueForAll(file => _look.Buffers.StatusOf(file.Name) is { } now && now.IsSameFile(file.Status))
            && _others.TrueForAll(other => _look.Buffers.StatusOf(other.Path) is { } now ? other.Status is { } before && before.IsSameFile(now) : other.Status is null);
    }

    public void Dispose()
    {
        foreach (LogGeneration file in Files.Where(file => !_look.Held.Contains(file)))
        {
            file.Dispose();
        }
    }

    // While a packed file is being written, the plain one stands beside it: it is the one to read.
    private static string[] Names(SetLook look, ref string fault)
    {
        look.Buffers.Moment?.Invoke();
        try
        {
            string[] names = FileSet.Resolve(look.Live, Rotation.Followed).Select(source => source.Name).ToArray();
            return Array.FindAll(names, name => !FileSet.IsPackedCopy(name, names));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            fault = WhyNotListed(failure);
            return [look.Live];
        }
    }

    private void Open(string[] names, string listingFault)
    {
        foreach (string name in names)
        {
            FileStatus? status = _look.Buffers.StatusOf(name, out string fault);
            LogGeneration? file = null;
            if (status is { } known && _look.Held.Find(held => known.IsSameFile(held.Status)) is { } held)
            {
                held.Refresh(name);
                held.UnlistedAt = null;
                file = held;
            }
            else if (fault.Length == 0)
            {
                file = LogGeneration.TryOpen(name, _look.Buffers, out fault);
            }

            Fault = name == _look.Live ? fault : Fault;
            if (file is null)
            {
                _others.Add(new SeenFile(name, status));
                if (status is { IsRegular: true } closed && fault != LogGeneration.Missing)
                {
                    Unreadable.Add(closed);
                }

                IsAway |= name == _look.Live && status is null && fault != LogGeneration.Missing;
            }
            else if (_look.IsOthers(file))
            {
                _others.Add(new SeenFile(name, file.Status));
                _isLiveOthers |= name == _look.Live;
                file.Dispose();
            }
            else
            {
                Add(file);
            }
        }

        Judge(listingFault);
    }

    // A file that has two names of the set for a moment (link, then unlink) is one, with the younger name.
    private void Add(LogGeneration file)
    {
        if (Files.Find(before => before.Status.IsSameFile(file.Status)) is { } twin)
        {
            Files.Remove(twin);
            _others.Add(new SeenFile(twin.Name, twin.Status));
            if (twin != file && !_look.Held.Contains(twin))
            {
                twin.Dispose();
            }
        }

        Files.Add(file);
    }

    /// <summary>That a name is not there says something only where the directory can be looked through.</summary>
    private void Judge(string listingFault)
    {
        (Directory, IsLink) = DirectoryOf(_look.Live);
        DirectoryDevice = _look.Buffers.StatusOf(Directory)?.Device ?? 0;
        listingFault = listingFault.Length == 0 && Fault == LogGeneration.Missing ? WhyNotListed(Directory) : listingFault;
        if (listingFault.Length > 0)
        {
            (IsAway, Fault) = (true, listingFault);
        }
    }

    // Behind a symbolic link there is another directory, which may be away with what it holds.
    private static (string Directory, bool IsLink) DirectoryOf(string live)
    {
        string target = live;
        try
        {
            target = File.ResolveLinkTarget(live, returnFinalTarget: true)?.FullName ?? live;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // No link, or not to be looked into: its own directory has to do.
        }

        return (Path.GetDirectoryName(target) ?? "/", target != live);
    }

    private static string WhyNotListed(string directory)
    {
        try
        {
            using IEnumerator<string> names = System.IO.Directory.EnumerateFileSystemEntries(directory).GetEnumerator();
            _ = names.MoveNext();
            return "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return WhyNotListed(failure);
        }
    }

    private static string WhyNotListed(Exception failure) => failure switch
    {
        DirectoryNotFoundException => NoDirectory,
        UnauthorizedAccessException => "no permission to list its directory",
        _ => failure.Message,
    };
}

/// <summary>What is looked for, and how.</summary>
/// <param name="Live">The live file's path.</param>
/// <param name="Moved">Names out of the set under which files of the log are known to be, oldest first.</param>
/// <param name="IsOthers">Whether a file is that of another log, which has been renamed to a name of this one's.</param>
/// <param name="Held">Files that are open already; they stay their owner's.</param>
/// <param name="Buffers">For what is read.</param>
internal sealed record SetLook(string Live, IReadOnlyList<string> Moved, Func<LogGeneration, bool> IsOthers, List<LogGeneration> Held, FollowBuffers Buffers);

/// <summary>A file as it was when it was looked at last.</summary>
/// <param name="Path">Its name then.</param>
/// <param name="Status">Null: there was none of that name.</param>
internal sealed record SeenFile(string Path, FileStatus? Status);
