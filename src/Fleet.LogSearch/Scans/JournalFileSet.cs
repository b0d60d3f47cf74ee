using Fleet.LogSearch.Files;
using Fleet.LogSearch.Journal;

namespace Fleet.LogSearch.Scans;

/// <summary>The files of a journal at one moment; those archived and read to their end are known without being opened.</summary>
internal sealed class JournalFileSet : IDisposable
{
    private readonly List<string> _doneNames = [];
    private List<JournalFile>? _done;

    private JournalFileSet()
    {
    }

    /// <summary>Those with entries that may still have to be read.</summary>
    public List<JournalFile> Files { get; } = [];

    /// <summary>All of them, opened.</summary>
    public IEnumerable<JournalFile> All => Files.Concat(_done ??= _doneNames.Select(name => TryOpen(name)).OfType<JournalFile>().ToList());

    /// <summary>The ids of all that are there.</summary>
    public HashSet<string> Ids { get; } = [];

    /// <summary>What cannot be read, and why; empty when all can.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Whether there is no journal at all: when one appears, all of it is new.</summary>
    public bool IsMissing { get; private set; }

    /// <summary>Looks at a journal.</summary>
    /// <param name="paths">Files and directories.</param>
    /// <param name="mark">Tells which files were read to their end.</param>
    /// <param name="archived">What was found out about archived files before; kept by the caller.</param>
    public static JournalFileSet Open(IReadOnlyList<string> paths, JournalMark? mark, Dictionary<string, (FileStatus Status, string FileId)> archived)
    {
        var set = new JournalFileSet();
        var names = new List<string>();
        foreach (string path in paths)
        {
            try
            {
                names.AddRange(JournalPaths.FilesOf(path));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                set.Fault = failure is UnauthorizedAccessException ? $"no permission to read {path}" : failure.Message;
            }
        }

        foreach (string name in names)
        {
            set.Add(name, mark, archived);
        }

        foreach (string name in archived.Keys.Except(names).ToArray())
        {
            archived.Remove(name);
        }

        if (names.Count == 0 && set.Fault.Length == 0)
        {
            set.IsMissing = true;
            set.Fault = "no journal: there is not a journal file in " + string.Join(" or ", paths);
        }

        return set;
    }

    public void Dispose()
    {
        foreach (JournalFile file in Files.Concat(_done ?? []))
        {
            file.Dispose();
        }
    }

    private void Add(string name, JournalMark? mark, Dictionary<string, (FileStatus Status, string FileId)> archived)
    {
        FileStatus? status = FileStatus.Of(name);
        if (status is not null && archived.TryGetValue(name, out (FileStatus Status, string FileId) known) && known.Status == status
            && mark?.Positions.Any(position => position.FileId == known.FileId && position.IsDone) == true)
        {
            Ids.Add(known.FileId);
            _doneNames.Add(name);
            return;
        }

        if (TryOpen(name) is not { } file)
        {
            return;
        }

        if (file.EntryCount == 0 || !Ids.Add(file.FileId))
        {
            file.Dispose();
            return;
        }

        Files.Add(file);
        if (file.IsArchived && status is not null)
        {
            archived[name] = (status.Value, file.FileId);
        }
    }

    private JournalFile? TryOpen(string name)
    {
        try
        {
            return new JournalFile(name);
        }
        catch (FileNotFoundException)
        {
            // Archived or removed between the look at the directory and the look at the file.
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Fault = failure is UnauthorizedAccessException ? $"no permission to read {name}" : failure.Message;
            return null;
        }
    }
}
