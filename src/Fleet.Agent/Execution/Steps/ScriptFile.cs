using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;
using Fleet.Protocol.Units;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Execution.Steps;

/// <summary>A script on disk for as long as its step runs, in a directory that only we and its user can enter.</summary>
internal sealed class ScriptFile : IDisposable
{
    private const string RootName = "scripts";
    private const uint OwnerOnly = 0b111_000_000;
    private const uint GroupMayPass = 0b111_001_000;
    private const uint OthersMayPass = 0b111_001_001;
    private const uint Unchanged = uint.MaxValue;
    private const int LongestName = 64;

    private readonly string _directory;

    private ScriptFile(string directory, string path)
    {
        _directory = directory;
        Path = path;
    }

    internal string Path { get; }

    /// <param name="stateDirectory">The agent's; other users must be able to pass it for scripts to run as them.</param>
    /// <param name="taskId">Checked before; the directory's name.</param>
    /// <param name="step">The step's place in the task.</param>
    /// <param name="script">Its name is only taken over as far as it is a plain file name.</param>
    /// <param name="owner">Who is to run it; null for ourselves.</param>
    internal static ScriptFile Create(string stateDirectory, string taskId, int step, StepRequest.Script script, UserAccount? owner)
    {
        var root = System.IO.Path.Combine(stateDirectory, RootName);
        if (!Directory.Exists(root))
            MakeRoot(root);
        var directory = System.IO.Path.Combine(root, $"{taskId}.{step}");
        if (Libc.MakeDirectory(directory, OwnerOnly) < 0)
            throw Errno.Failure($"mkdir {directory}");
        var file = new ScriptFile(directory, System.IO.Path.Combine(directory, SafeName(script.Name)));
        try
        {
            ChildProcesses.Shared.WriteExecutable(() => file.Write(script.Content.Span));
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
    internal static void RemoveLeftovers(string stateDirectory)
    {
        var root = System.IO.Path.Combine(stateDirectory, RootName);
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
        // The directory stays ours and the user may only pass: who could put links into it could have us delete something else.
        if (Libc.ChangeOwner(Path, owner.UserId, owner.GroupId) < 0
            || Libc.ChangeOwner(_directory, Unchanged, owner.GroupId) < 0
            || Libc.ChangeMode(_directory, GroupMayPass) < 0)
            throw Errno.Failure($"chown {Path}");
    }

    /// <summary>Never trusted: what is not plain becomes an underscore, and no name is "." or "..".</summary>
    internal static string SafeName(string name)
    {
        var plain = Characters.Map(name.Length > LongestName ? name[..LongestName] : name, c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_');
        return plain.Trim('.').Length == 0 ? "script" : plain;
    }
}
