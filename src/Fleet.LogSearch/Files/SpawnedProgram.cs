using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Files;

/// <summary>A program of the system whose output is read here, started with posix_spawn(3).</summary>
/// <remarks>
/// Not the framework's Process: that insists on reaping its own children, and ends the whole process where another part of it has done so
/// first, as an agent that reaps whatever its tasks left behind does. Here a status that somebody else took is merely not known.
/// </remarks>
internal sealed unsafe partial class SpawnedProgram : IDisposable
{
    private const int NoSuchFile = 2; // ENOENT
    private const int ActionsBytes = 256; // posix_spawn_file_actions_t has 80 bytes with glibc and musl.

    private readonly AnonymousPipeServerStream _output = new(PipeDirection.In, HandleInheritability.None);
    private readonly AnonymousPipeServerStream _errors = new(PipeDirection.In, HandleInheritability.None);
    private int _pid;

    /// <exception cref="FileNotFoundException">The program is not installed.</exception>
    /// <exception cref="IOException">It could not be started.</exception>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="input">What it reads on its standard input: the same file from its beginning, opened once more.</param>
    public SpawnedProgram(IReadOnlyList<string> words, SafeFileHandle input)
    {
        int error;
        try
        {
            error = Spawn(words, input);
        }
        finally
        {
            // Only the program holds these ends now, so that reading ends when it does.
            _output.DisposeLocalCopyOfClientHandle();
            _errors.DisposeLocalCopyOfClientHandle();
        }

        if (error != 0)
        {
            Dispose();
            throw error == NoSuchFile ? new FileNotFoundException($"{words[0]} is not installed") : new IOException($"{words[0]} cannot be started (errno {error})");
        }
    }

    /// <summary>What it writes.</summary>
    public Stream Output => _output;

    /// <summary>Waits for its end: its wait status, null where somebody else in this process took it; and what it complained of, cut.</summary>
    public (int? Status, string Complaint) WaitForEnd(int longestComplaint)
    {
        using var reader = new StreamReader(_errors, Encoding.UTF8, leaveOpen: true);
        var complaint = new char[longestComplaint];
        int length = reader.ReadBlock(complaint);
        return (Reap(), new string(complaint, 0, length).Trim());
    }

    /// <summary>Ends it: it finds nobody to write to.</summary>
    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        Reap();
    }

    private int? Reap()
    {
        if (_pid == 0)
        {
            return null;
        }

        int status = 0;
        int reaped = WaitForProcess(_pid, &status, 0);
        bool isOurs = reaped == _pid;
        _pid = 0;
        return isOurs ? status : null;
    }

    private int Spawn(IReadOnlyList<string> words, SafeFileHandle input)
    {
        byte* actions = stackalloc byte[ActionsBytes];
        byte** arguments = stackalloc byte*[words.Count + 1];
        byte** environment = stackalloc byte*[2];
        int pid = 0;
        _ = InitializeActions(actions);
        try
        {
            for (int i = 0; i < words.Count; i++)
            {
                arguments[i] = Utf8(words[i]);
            }

            arguments[words.Count] = null;
            environment[0] = Utf8("LC_ALL=C");
            environment[1] = null;
            _ = AddOpen(actions, 0, $"/proc/self/fd/{input.DangerousGetHandle()}", 0, 0);
            _ = AddDuplicate(actions, (int)_output.ClientSafePipeHandle.DangerousGetHandle(), 1);
            _ = AddDuplicate(actions, (int)_errors.ClientSafePipeHandle.DangerousGetHandle(), 2);
            int error = SpawnByName(&pid, arguments[0], actions, null, arguments, environment);
            _pid = error == 0 ? pid : 0;
            return error;
        }
        finally
        {
            _ = DestroyActions(actions);
            for (int i = 0; i < words.Count; i++)
            {
                Marshal.FreeCoTaskMem((nint)arguments[i]);
            }

            Marshal.FreeCoTaskMem((nint)environment[0]);
        }
    }

    private static byte* Utf8(string text) => (byte*)Marshal.StringToCoTaskMemUTF8(text);

    [LibraryImport("libc", EntryPoint = "posix_spawnp")]
    private static partial int SpawnByName(int* pid, byte* file, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitializeActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int fd, int target);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int fd, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitForProcess(int pid, int* status, int options);
}
