using System.Runtime.InteropServices;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>One posix_spawn(3) with the settings that all our children share.</summary>
/// <remarks>
/// posix_spawn shares the parent's memory until exec (CLONE_VFORK), so its cost does not grow with our own size, as fork's does.
/// The child leads a new session, has all signals at their defaults and none blocked, and holds no descriptor but those named.
/// </remarks>
internal sealed unsafe class Spawner
{
    private const short SetDefaultSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int CloneFileSystemState = 0x200;
    private const int CloseRange = 436;
    private const nint CloseRangeOnExec = 4;
    private const int GetDescriptorFlags = 1;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;
    private const int FirstPrivateDescriptor = 3;

    // posix_spawnattr_t is 336 bytes, posix_spawn_file_actions_t 80, sigset_t 128, in both C libraries.
    private const int AttributesBytes = 512;
    private const int FileActionsBytes = 256;
    private const int SignalSetBytes = 128;

    private readonly byte* _attributes;
    private bool _closeRangeMissing;

    internal Spawner()
    {
        EnsureStandardDescriptors();
        _attributes = (byte*)NativeMemory.AllocZeroed(AttributesBytes);
        var set = stackalloc byte[SignalSetBytes];
        _ = Libc.SpawnAttributesInitialise(_attributes);
        _ = Libc.SignalSetFill(set);
        _ = Libc.SpawnAttributesSetDefaultSignals(_attributes, set);
        _ = Libc.SignalSetEmpty(set);
        _ = Libc.SpawnAttributesSetSignalMask(_attributes, set);
        _ = Libc.SpawnAttributesSetFlags(_attributes, SetDefaultSignals | SetSignalMask | SetSession);
    }

    /// <summary>Starts the plan's program; zero, or the error number.</summary>
    internal int Spawn(SpawnPlan plan, out int pid)
    {
        pid = 0;
        using var program = new NativeStrings([plan.Program]);
        using var arguments = new NativeStrings(plan.Arguments);
        using var environment = new NativeStrings(plan.Environment);
        var actions = stackalloc byte[FileActionsBytes];
        var error = Libc.FileActionsInitialise(actions);
        if (error != 0)
            return error;

        var started = 0;
        try
        {
            for (var target = 0; error == 0 && target < plan.Descriptors.Count; target++)
                error = Libc.FileActionsAddDuplicate(actions, plan.Descriptors[target].Number, target);
            if (error == 0)
                error = Libc.FileActionsAddDirectory(actions, plan.Directory);
            if (error != 0)
                return error;

            CloseAllOnExec();
            TimerSlackMark.Set(plan.Mark);
            error = Libc.Spawn(&started, program.First, actions, _attributes, arguments.Pointers, environment.Pointers);
            TimerSlackMark.Clear();
            pid = started;
            return error;
        }
        finally
        {
            _ = Libc.FileActionsDestroy(actions);
        }
    }

    /// <summary>Gives the calling thread a file mode mask of its own, for good.</summary>
    internal static bool LeaveSharedFileModeMask(uint mask, out int error)
    {
        error = Libc.Unshare(CloneFileSystemState) == 0 ? 0 : Errno.Last;
        if (error == 0)
            _ = Libc.FileModeMask(mask);
        return error == 0;
    }

    /// <summary>All we open is closed on exec; what our own parent left open, or a library opened carelessly, is made so here.</summary>
    private void CloseAllOnExec()
    {
        if (!_closeRangeMissing
            && Libc.SystemCall(CloseRange, FirstPrivateDescriptor, unchecked((nint)uint.MaxValue), CloseRangeOnExec, 0) == 0)
            return;

        _closeRangeMissing = true; // Before Linux 5.11.
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry.AsSpan()), out var fd) && fd >= FirstPrivateDescriptor)
                _ = Libc.Fcntl(fd, SetDescriptorFlags, CloseOnExec);
        }
    }

    /// <summary>Were one of 0, 1, 2 closed, a pipe could take its number and be overwritten while the child is set up.</summary>
    private static void EnsureStandardDescriptors()
    {
        for (var fd = 0; fd < FirstPrivateDescriptor; fd++)
        {
            if (Libc.Fcntl(fd, GetDescriptorFlags, 0) < 0)
                _ = Libc.Open("/dev/null", Libc.OpenReadWrite); // Takes the lowest free number: this one.
        }
    }
}
