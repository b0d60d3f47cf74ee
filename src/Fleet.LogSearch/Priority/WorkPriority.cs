using System.Runtime.InteropServices;

namespace Fleet.LogSearch.Priority;

/// <summary>How much a search yields to the host's own work.</summary>
/// <param name="Nice">0 to 19, as nice(1). The default is 10.</param>
/// <param name="IdleDisk">Whether the disk is used only when nobody else wants it, as ionice(1) -c 3. The default is true.</param>
public sealed partial record WorkPriority(int Nice = 10, bool IdleDisk = true)
{
    private const int ThreadItself = 0;
    private const int ProcessKind = 0;  // PRIO_PROCESS: a thread, on Linux
    private const int IoThreadKind = 1; // IOPRIO_WHO_PROCESS
    private const int IdleClass = 3 << 13; // IOPRIO_CLASS_IDLE << IOPRIO_CLASS_SHIFT

    /// <summary>Runs work on a thread of its own with this priority; a priority once lowered cannot be raised again, so the thread ends with it.</summary>
    /// <param name="work">What to do. It ends by itself when its own token is cancelled.</param>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            LowerThisThread();
            try
            {
                done.SetResult(work());
            }
            catch (Exception fault)
            {
                done.SetException(fault);
            }
        })
        {
            IsBackground = true,
            Name = "log-search",
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Lowers the calling thread for good; a system that refuses leaves it as it is.</summary>
    public void LowerThisThread()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        _ = SetPriority(ProcessKind, ThreadItself, Math.Clamp(Nice, 0, 19));
        long call = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 251,  // __NR_ioprio_set
            Architecture.Arm64 => 30,
            _ => -1,
        };
        if (IdleDisk && call > 0)
        {
            _ = SystemCall((nint)call, IoThreadKind, ThreadItself, IdleClass);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint which, nint who, nint priority);
}
