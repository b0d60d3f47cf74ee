using System.Globalization;
using System.Text;
using Fleet.Protocol.Identifiers;

namespace Fleet.Agent.Journal;

/// <summary>Where an agent keeps what must outlive it. Only its owner can look inside.</summary>
/// <param name="Path">The directory.</param>
internal sealed record StateDirectory(string Path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Lets users that tasks run as reach their script, and see nothing: all that matters beside it is closed by itself.
    private const UnixFileMode OthersMayPass = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string LogSuffix = ".log";
    private const int ProbeBytes = 4096;

    /// <summary>Holds a file for each task that runs or is not yet delivered.</summary>
    public string Tasks => System.IO.Path.Combine(Path, "tasks");

    /// <summary>Holds the standing scans: their orders, marks and findings.</summary>
    public string Scans => System.IO.Path.Combine(Path, "scans");

    /// <summary>The list of delivered tasks.</summary>
    public string Seen => System.IO.Path.Combine(Path, "seen");

    /// <summary>Holds the journal's id.</summary>
    public string JournalId => System.IO.Path.Combine(Path, "journal-id");

    /// <summary>Held by the agent that uses the directory; contains its pid.</summary>
    public string Lock => System.IO.Path.Combine(Path, "lock");

    /// <summary>Written and removed to find out whether the disk takes anything.</summary>
    private string Probe => System.IO.Path.Combine(Path, "probe");

    /// <summary>A task's file. The name comes from a validated id and from nothing else.</summary>
    public string TaskLog(TaskId id) => System.IO.Path.Combine(Tasks, id + LogSuffix);

    /// <summary>The tasks that have a file; anything else in the directory is left alone.</summary>
    public IEnumerable<(TaskId Id, string Path)> TaskLogs()
    {
        foreach (var path in Directory.EnumerateFiles(Tasks, "*" + LogSuffix))
        {
            if (TaskId.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), out var id))
                yield return (id, path);
        }
    }

    /// <summary>Makes the directory and its rooms where they are missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it.</exception>
    public void Create()
    {
        Create(Path, Environment.IsPrivilegedProcess ? OthersMayPass : OwnerOnly);
        Create(Tasks, OwnerOnly);
        Create(Scans, OwnerOnly);
    }

    /// <summary>Tries whether a small file can be written.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public void TryWrite()
    {
        try
        {
            using var file = File.OpenHandle(Probe, FileMode.Create, FileAccess.Write);
            RandomAccess.Write(file, new byte[ProbeBytes], 0);
        }
        finally
        {
            File.Delete(Probe);
        }
    }

    /// <summary>Takes the directory for this process, until the result is disposed or the process ends in whatever way.</summary>
    /// <returns>Null where another process has it.</returns>
    public IDisposable? TryLock()
    {
        FileStream file;
        try
        {
            // FileShare.None is flock(2) here: the kernel lets go of it with the process.
            file = new FileStream(Lock, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException) when (File.Exists(Lock))
        {
            return null;
        }

        try
        {
            // In place: a full disk would not give back the block that an empty file has lost.
            var pid = Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            file.Write(pid);
            file.SetLength(pid.Length);
        }
        catch (IOException)
        {
            // The number is for people; it is the lock that counts.
        }

        return file;
    }

    private static void Create(string directory, UnixFileMode mode)
    {
        Directory.CreateDirectory(directory, mode);
        if (File.GetUnixFileMode(directory) != mode)
            File.SetUnixFileMode(directory, mode);
    }
}
