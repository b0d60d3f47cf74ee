using System.Diagnostics.CodeAnalysis;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>Starts and reaps every child of this process; orphans of tasks come to us and are reaped as well.</summary>
/// <remarks>
/// Children belong to the process, hence one instance. Nothing else in the process may start children (in particular not
/// System.Diagnostics.Process): the reaper would take their exit status.
///
/// One thread blocks in waitid while there are children, and sleeps when there are none. As we are a child subreaper (prctl(2)),
/// "no children" means no descendants at all: an orphan becomes our child in the same moment as its parent ends. No signal
/// handler is needed. The reaper looks at a dead child without reaping it (WNOWAIT) and reaps it under the lock under which
/// signals are sent, so that no number is reused while somebody is about to signal it.
///
/// No lock is held while a process is being started: exec from a dead network file system may take for ever, and the other tasks
/// must not wait for it. A child that ends before it is registered is therefore remembered until its starter asks.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "One instance, as long as the process lives.")]
internal sealed class ChildProcesses
{
    private const int SetChildSubreaper = 36;
    private const int AllChildren = 0;
    private const int WaitExited = 4;
    private const int WaitNoReap = 0x1000000;
    private const int WaitNoHang = 1;
    private const int ReaperStackBytes = 128 * 1024;

    // Only while something is being started, and mostly orphans then; a hung start must not collect them without end.
    private const int MaxEarlyExits = 4096;
    private static readonly TimeSpan LongestScriptWait = TimeSpan.FromSeconds(2);

    // Starting shares, writing scripts excludes.
    private readonly ReaderWriterLockSlim _scripts = new(LockRecursionPolicy.NoRecursion);
    private readonly AutoResetEvent _spawned = new(initialState: false);
    private readonly Spawner _spawner = new();

    // Guards all below, and each reap.
    private readonly Lock _gate = new();
    private readonly Dictionary<int, ChildProcess> _children = [];
    private readonly Dictionary<int, (long StartTicks, ProcessExit Exit)> _earlyExits = [];
    private int _spawning;
    private bool _reaping;

    private ChildProcesses()
    {
        _ = Libc.ProcessControl(SetChildSubreaper, 1, 0, 0, 0);

        // Inherited as "ignored" (some supervisors do), it would make the kernel discard every exit status.
        if (Signals.IsIgnored(Signals.Child))
            _ = Libc.Signal(Signals.Child, 0);

        // A program that does not read its input must not end us; the runtime may have seen to that, or not.
        _ = Libc.Signal(Signals.BrokenPipe, Signals.Ignored);
    }

    internal static ChildProcesses Shared { get; } = new();

    /// <summary>Starts a process; null and the error number where that fails.</summary>
    internal ChildProcess? Start(SpawnPlan plan, out int error)
    {
        if (plan.FileModeMask is not { } mask)
            return StartHere(plan, out error);

        // The mask belongs to the process unless a thread leaves the shared file system state; it cannot return, so it ends.
        ChildProcess? child = null;
        var failure = 0;
        var thread = new Thread(() =>
        {
            child = Spawner.LeaveSharedFileModeMask(mask, out failure) ? StartHere(plan, out failure) : null;
        });
        thread.Start();
        thread.Join();
        error = failure;
        return child;
    }

    /// <summary>Signals a child's process group; does nothing once the child has been reaped.</summary>
    internal void SignalGroup(ChildProcess child, int signal)
    {
        lock (_gate)
        {
            if (_children.TryGetValue(child.Identity.Pid, out var present) && present == child)
                _ = Libc.Kill(-child.Identity.Pid, signal);
        }
    }

    /// <summary>Whether this process has any child: a task's own, or one whose parent has ended, for those come to us.</summary>
    internal unsafe bool HaveChildren()
    {
        var info = stackalloc byte[128];
        return Libc.WaitId(AllChildren, 0, info, WaitExited | WaitNoReap | WaitNoHang) == 0 || Errno.Last != Errno.NoChild;
    }

    /// <summary>Writes a file that is to be executed, while no process is being started.</summary>
    /// <remarks>
    /// A child started meanwhile would hold the file open for writing until its own exec, and executing the file would fail
    /// (ETXTBSY). A start that hangs is not waited for beyond two seconds: the failure is then the lesser evil.
    /// </remarks>
    internal void WriteExecutable(Action write)
    {
        var alone = _scripts.TryEnterWriteLock(LongestScriptWait);
        try
        {
            write();
        }
        finally
        {
            if (alone)
                _scripts.ExitWriteLock();
        }
    }

    private ChildProcess? StartHere(SpawnPlan plan, out int error)
    {
        lock (_gate)
            _spawning++;

        var pid = 0;
        error = 0;
        _scripts.EnterReadLock();
        try
        {
            error = _spawner.Spawn(plan, out pid);
        }
        finally
        {
            _scripts.ExitReadLock();
            if (error != 0 || pid == 0)
            {
                lock (_gate)
                    EndSpawning_NeedsLock();
            }
        }

        return error == 0 ? Register(pid) : null;
    }

    private ChildProcess Register(int pid)
    {
        ChildProcess child;
        lock (_gate)
        {
            // Not reaped yet, it can be read, dead or alive; else it is among the early ones. An early one of the same number but
            // another start time was somebody else.
            var isThere = ProcessTable.TryRead(pid, out var stat);
            var endedEarly = _earlyExits.Remove(pid, out var early) && (!isThere || early.StartTicks == stat.StartTicks);
            child = new ChildProcess(this, new ProcessIdentity(pid, endedEarly ? early.StartTicks : stat.StartTicks));
            if (endedEarly)
                child.SetExited(early.Exit);
            else
                _children.Add(pid, child);
            EndSpawning_NeedsLock();
            StartReaper_NeedsLock();
        }

        _spawned.Set();
        return child;
    }

    private void EndSpawning_NeedsLock()
    {
        if (--_spawning == 0)
            _earlyExits.Clear();
    }

    private void StartReaper_NeedsLock()
    {
        if (_reaping)
            return;
        _reaping = true;
        new Thread(ReapForever, ReaperStackBytes) { IsBackground = true, Name = "reaper" }.Start();
    }

    private unsafe void ReapForever()
    {
        // siginfo_t is 128 bytes; the process number stands at 16.
        var info = stackalloc byte[128];
        while (true)
        {
            if (Libc.WaitId(AllChildren, 0, info, WaitExited | WaitNoReap) == 0)
                Reap(*(int*)(info + 16));
            else if (Errno.Last == Errno.NoChild)
                _spawned.WaitOne();
        }
    }

    private void Reap(int pid)
    {
        lock (_gate)
        {
            var isKnown = _children.Remove(pid, out var child);
            ProcStat stat = default;
            var mayBeEarly = !isKnown && _spawning > 0 && ProcessTable.TryRead(pid, out stat);
            if (!TryReap(pid, out var exit))
                child?.SetLost(); // Otherwise a failed posix_spawn took its own child back.
            else if (isKnown)
                child!.SetExited(exit);
            else if (mayBeEarly && _earlyExits.Count < MaxEarlyExits)
                _earlyExits[pid] = (stat.StartTicks, exit);
        }
    }

    private static unsafe bool TryReap(int pid, out ProcessExit exit)
    {
        // struct rusage is 144 bytes: user time, system time (seconds and microseconds each), then the peak in KiB.
        var usage = stackalloc long[32];
        var status = 0;
        var reaped = Libc.Wait4(pid, &status, WaitNoHang, (byte*)usage) == pid;
        var cpu = new CpuTime(
            TimeSpan.FromSeconds(usage[0]) + TimeSpan.FromMicroseconds(usage[1]), TimeSpan.FromSeconds(usage[2]) + TimeSpan.FromMicroseconds(usage[3]));
        exit = new ProcessExit(status, cpu, usage[4] * 1024);
        return reaped;
    }
}
