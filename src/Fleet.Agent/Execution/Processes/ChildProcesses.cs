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
/// handler is needed. The reaper looks at a dead child without reaping it (WNOWAIT), then takes the lock that each spawn holds
/// while it registers its child: neither can a status arrive before its owner is known, nor a number be reused while somebody is
/// about to signal it.
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

    // Spawning reads, reaping writes: spawns run side by side, a reap waits for those in progress (about a millisecond).
    private readonly ReaderWriterLockSlim _spawnOrReap = new(LockRecursionPolicy.NoRecursion);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, ChildProcess> _children = [];
    private readonly AutoResetEvent _spawned = new(initialState: false);
    private readonly Spawner _spawner = new();
    private bool _reaping;

    private ChildProcesses()
    {
        _ = Libc.ProcessControl(SetChildSubreaper, 1, 0, 0, 0);

        // Inherited as "ignored" (some supervisors do), it would make the kernel discard every exit status.
        if (Signals.IsIgnored(Signals.Child))
            _ = Libc.Signal(Signals.Child, 0);
    }

    internal static ChildProcesses Shared { get; } = new();

    /// <summary>Starts a process; null and the reason where that fails.</summary>
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

    /// <summary>Runs something short while no child's number can become free.</summary>
    internal void WhileNothingIsReaped(Action action)
    {
        _spawnOrReap.EnterReadLock();
        try
        {
            action();
        }
        finally
        {
            _spawnOrReap.ExitReadLock();
        }
    }

    /// <summary>Runs something short while no process is being started: a file open for writing would leak into it until it execs.</summary>
    internal void WhileNothingIsSpawned(Action action)
    {
        _spawnOrReap.EnterWriteLock();
        try
        {
            action();
        }
        finally
        {
            _spawnOrReap.ExitWriteLock();
        }
    }

    private ChildProcess? StartHere(SpawnPlan plan, out int error)
    {
        _spawnOrReap.EnterReadLock();
        try
        {
            error = _spawner.Spawn(plan, out var pid);
            if (error != 0)
                return null;

            // Readable even if the child has ended already: it cannot be reaped while we hold the lock.
            _ = ProcessTable.TryRead(pid, out var stat);
            var child = new ChildProcess(this, new ProcessIdentity(pid, stat.StartTicks));
            lock (_gate)
            {
                _children.Add(pid, child);
                StartReaper_NeedsLock();
            }

            _spawned.Set();
            return child;
        }
        finally
        {
            _spawnOrReap.ExitReadLock();
        }
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

    private unsafe void Reap(int pid)
    {
        // struct rusage is 144 bytes: user time, system time (seconds and microseconds each), then the peak in KiB.
        var usage = stackalloc long[32];
        var status = 0;
        int reaped;
        _spawnOrReap.EnterWriteLock();
        ChildProcess? child;
        try
        {
            reaped = Libc.Wait4(pid, &status, WaitNoHang, (byte*)usage);
            lock (_gate)
                _children.Remove(pid, out child);
        }
        finally
        {
            _spawnOrReap.ExitWriteLock();
        }

        // Not reaped: a failed posix_spawn took its own child back. No child: an orphan that came to us.
        if (reaped != pid || child is null)
            return;

        var cpu = TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]);
        child.SetExited(new ProcessExit(status, cpu, usage[4] * 1024));
    }
}
