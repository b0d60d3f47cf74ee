using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Output;

/// <summary>One thread in epoll_wait for all pipes of all tasks; it tells who can go on, and reads nothing itself.</summary>
/// <remarks>
/// Each wait arms its descriptor once (EPOLLONESHOT): whoever does not ask is not told, and a full pipe then holds its writer.
/// With nothing to wait for the thread sleeps without a time limit; it starts with the first descriptor.
/// </remarks>
internal sealed unsafe class ReadinessPump : IDisposable
{
    private const int ControlAdd = 1;
    private const int ControlDelete = 2;
    private const int ControlModify = 3;
    private const uint EventRead = 1;
    private const uint EventWrite = 4;
    private const uint EventOneShot = 1u << 30;
    private const int EventsPerWait = 64;
    private const int StackBytes = 128 * 1024;
    private const ulong WakeUpId = 0;

    // struct epoll_event is packed on x64 only: 4 bytes of events, then 8 of data.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EventBytes = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, PolledFd> _polled = [];
    private readonly HashSet<PolledFd> _withDeadline = [];
    private readonly List<PolledFd> _due = [];
    private readonly Fd _epoll;
    private readonly Fd _wakeUp;
    private Thread? _thread;
    private ulong _lastId = WakeUpId;
    private long _sleepsUntil = PolledFd.Never;
    private bool _stopping;

    internal ReadinessPump()
    {
        _epoll = Fd.Own(Libc.EpollCreate(Libc.OpenCloseOnExec), "epoll_create1");
        _wakeUp = Fd.Own(Libc.EventFd(0, Libc.OpenCloseOnExec | Libc.OpenNonBlocking), "eventfd");
        Control(ControlAdd, _wakeUp, EventRead, WakeUpId);
    }

    /// <summary>Registers a descriptor and becomes its owner.</summary>
    internal PolledFd Add(Fd fd, bool forWriting)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (_thread is null)
            {
                _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "pump" };
                _thread.Start();
            }

            var polled = new PolledFd(this, fd, ++_lastId, forWriting);
            Control(ControlAdd, fd, EventOneShot, polled.Id);
            _polled.Add(polled.Id, polled);
            return polled;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
        }

        SignalThread();
        _thread?.Join();
        _epoll.Dispose();
        _wakeUp.Dispose();
    }

    internal void Arm(PolledFd polled, long deadline)
    {
        bool sooner;
        lock (_gate)
        {
            if (polled.WasWoken)
            {
                polled.WasWoken = false;
                polled.Complete(Readiness.Woken);
                return;
            }

            polled.IsWaiting = true;
            polled.DeadlineMilliseconds = deadline;
            if (deadline != PolledFd.Never)
                _withDeadline.Add(polled);
            sooner = deadline < _sleepsUntil;
            Control(ControlModify, polled.Fd, (polled.ForWriting ? EventWrite : EventRead) | EventOneShot, polled.Id);
        }

        if (sooner)
            SignalThread();
    }

    internal void Wake(PolledFd polled)
    {
        lock (_gate)
        {
            if (polled.IsWaiting)
                Complete_NeedsLock(polled, Readiness.Woken);
            else
                polled.WasWoken = true;
        }
    }

    internal void Remove(PolledFd polled)
    {
        lock (_gate)
        {
            if (!_polled.Remove(polled.Id))
                return;
            _withDeadline.Remove(polled);
            if (!_stopping)
                Control(ControlDelete, polled.Fd, 0, polled.Id);
        }

        polled.Fd.Dispose();
    }

    private void Run()
    {
        var events = stackalloc byte[EventsPerWait * EventBytes];
        while (true)
        {
            var timeout = NextTimeout();
            if (timeout is null)
                return;

            var count = Libc.EpollWait(_epoll, events, EventsPerWait, timeout.Value);
            lock (_gate)
            {
                _sleepsUntil = long.MinValue; // Awake: nobody needs to wake us before the next look at the deadlines.
                for (var i = 0; i < count; i++)
                    Dispatch_NeedsLock(*(ulong*)(events + (i * EventBytes) + DataOffset));
                ExpireDeadlines_NeedsLock();
            }
        }
    }

    /// <summary>Milliseconds until the first deadline, -1 for none; null once the pump is to stop.</summary>
    private int? NextTimeout()
    {
        lock (_gate)
        {
            if (_stopping)
                return null;
            _sleepsUntil = PolledFd.Never;
            foreach (var polled in _withDeadline)
                _sleepsUntil = Math.Min(_sleepsUntil, polled.DeadlineMilliseconds);
            return _sleepsUntil == PolledFd.Never
                ? -1
                : (int)Math.Clamp(_sleepsUntil - Environment.TickCount64, 0, int.MaxValue);
        }
    }

    private void Dispatch_NeedsLock(ulong id)
    {
        if (id == WakeUpId)
        {
            ulong counter;
            _ = Libc.Read(_wakeUp, (byte*)&counter, sizeof(ulong));
        }
        else if (_polled.TryGetValue(id, out var polled) && polled.IsWaiting)
        {
            Complete_NeedsLock(polled, Readiness.Ready);
        }
    }

    private void ExpireDeadlines_NeedsLock()
    {
        if (_withDeadline.Count == 0)
            return;
        var now = Environment.TickCount64;
        foreach (var polled in _withDeadline)
        {
            if (polled.DeadlineMilliseconds <= now)
                _due.Add(polled);
        }

        foreach (var polled in _due)
            Complete_NeedsLock(polled, Readiness.DeadlinePassed);
        _due.Clear();
    }

    /// <remarks>An event still armed for it may come later; it finds nobody waiting and is dropped, or serves the next wait.</remarks>
    private void Complete_NeedsLock(PolledFd polled, Readiness readiness)
    {
        polled.IsWaiting = false;
        if (polled.DeadlineMilliseconds != PolledFd.Never)
            _withDeadline.Remove(polled);
        polled.Complete(readiness);
    }

    private void Control(int operation, Fd fd, uint events, ulong id)
    {
        Span<byte> change = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(change, events);
        BinaryPrimitives.WriteUInt64LittleEndian(change[DataOffset..], id);
        fixed (byte* start = change)
        {
            if (Libc.EpollControl(_epoll, operation, fd, start) < 0)
                throw Errno.Failure("epoll_ctl");
        }
    }

    private void SignalThread()
    {
        ulong one = 1;
        _ = Libc.Write(_wakeUp, (byte*)&one, sizeof(ulong)); // Fails only when it is signalled already.
    }
}
