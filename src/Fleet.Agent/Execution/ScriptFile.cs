using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Execution;

/// <summary>A script on disk for as long as its step runs, in a directory that only its user can enter.</summary>
internal sealed class ScriptFile : IDisposable
{
    private const uint OwnerOnly = 0b111_000_000;
    private const uint OthersMayPass = 0b111_001_001;
    private const int LongestName = 64;

    private readonly string _directory;

    private ScriptFile(string directory, string path)
    {
        _directory = directory;
        Path = path;
    }

    internal string Path { get; }

    /// <param name="root">Where the tasks' directories are; made if missing, passable for other users.</param>
    /// <param name="taskId">Checked before; the directory's name.</param>
    /// <param name="step">The step's place in the task.</param>
    /// <param name="script">Its name is only taken over as far as it is a plain file name.</param>
    /// <param name="owner">Who is to run it; null for ourselves.</param>
    internal static ScriptFile Create(string root, string taskId, int step, StepRequest.Script script, UserAccount? owner)
    {
        if (!Directory.Exists(root))
            MakeRoot(root);
        var directory = System.IO.Path.Combine(root, $"{taskId}.{step}");
        if (Libc.MakeDirectory(directory, OwnerOnly) < 0)
            throw Errno.Failure($"mkdir {directory}");
        var file = new ScriptFile(directory, System.IO.Path.Combine(directory, SafeName(script.Name)));
        try
        {
            // A child forked while the file is open for writing would hold it open until its exec, and ours would fail (ETXTBSY).
            ChildProcesses.Shared.WhileNothingIsSpawned(() => file.Write(script.Content.Span));
            if (owner is not null)
                file.GiveTo(owner);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Removes what scripts a former life of the agent left behind.</summary>
    internal static void RemoveLeftovers(string root)
    {
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The script itself put something there that resists: the next start of the agent tries again.
        }
    }

    private static void MakeRoot(string root)
    {
        Directory.CreateDirectory(root);
        if (Libc.ChangeMode(root, OthersMayPass) < 0)
            throw Errno.Failure($"chmod {root}");
    }

    private void Write(ReadOnlySpan<byte> content)
    {
        var fd = Libc.Open(Path, Libc.OpenNewForWriting | Libc.OpenCloseOnExec, OwnerOnly);
        if (fd < 0)
            throw Errno.Failure($"open {Path}");
        using var file = new SafeFileHandle(fd, ownsHandle: true);
        RandomAccess.Write(file, content, 0);
    }

    private void GiveTo(UserAccount owner)
    {
        if (Libc.ChangeOwner(Path, owner.UserId, owner.GroupId) < 0 || Libc.ChangeOwner(_directory, owner.UserId, owner.GroupId) < 0)
            throw Errno.Failure($"chown {Path}");
    }

    /// <summary>Never trusted: what is not plain becomes an underscore, and no name is "." or "..".</summary>
    internal static string SafeName(string name)
    {
        var plain = new string([.. name.Take(LongestName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')]);
        return plain.Trim('.').Length == 0 ? "script" : plain;
    }
}
