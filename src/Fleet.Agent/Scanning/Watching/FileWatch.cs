using System.Buffers.Binary;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Scanning.Watching;

/// <summary>Tells which followed logs something has happened to: inotify(7) on their live files and directories.</summary>
/// <remarks>
/// One thread. Where the kernel grants no more watches the log is looked at by the clock alone. What is told is only that a look is worth
/// while: nothing is lost when an event is.
/// </remarks>
internal sealed unsafe class FileWatch : IDisposable
{
    private const int CreateFlags = 0x80800; // IN_NONBLOCK | IN_CLOEXEC
    private const uint Closed = 0x8; // IN_CLOSE_WRITE
    private const uint Modified = 0x2 | 0x4 | Closed; // IN_MODIFY | IN_ATTRIB (a link removed)
    private const uint NamesChanged = 0x40 | 0x80 | 0x100 | 0x200; // IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE
    private const uint Overflowed = 0x4000; // IN_Q_OVERFLOW
    private const uint Gone = 0x8000; // IN_IGNORED
    private const int EventHeadBytes = 16;
    private const int BufferBytes = 16 * 1024;

    private readonly Fd? _inotify;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Dictionary<int, HashSet<FollowedLog>> _byWatch = [];
    private readonly Dictionary<FollowedLog, List<int>> _byLog = [];

    public FileWatch()
    {
        var made = Libc.InotifyCreate(CreateFlags);
        _inotify = made >= 0 ? new Fd(made) : null;
    }

    /// <summary>To be polled; -1 where there is none.</summary>
    public int Number => _inotify?.Number ?? -1;

    /// <summary>Watches what a log consists of now; what it was before is watched no more.</summary>
    public void Set(FollowedLog log)
    {
        if (_inotify is null)
            return;
        var before = _byLog.GetValueOrDefault(log) ?? [];
        var now = new List<int>();
        foreach (var path in log.Files)
            Add(path, Modified);
        foreach (var path in log.Directories)
            Add(path, log.Journal is not null ? Modified | NamesChanged : NamesChanged);
        foreach (var watch in before.FindAll(watch => !now.Contains(watch)))
            Leave(watch, log);
        _byLog[log] = now;

        void Add(string path, uint mask)
        {
            // Of a directory that several logs are in, the watches must not narrow one another: IN_MASK_ADD.
            var watch = Libc.InotifyAdd(_inotify!, path, mask | 0x20000000);
            if (watch < 0)
                return;
            now.Add(watch);
            if (!_byWatch.TryGetValue(watch, out var logs))
                _byWatch[watch] = logs = [];
            logs.Add(log);
        }
    }

    /// <summary>Watches a log no more.</summary>
    public void Remove(FollowedLog log)
    {
        if (!_byLog.Remove(log, out var watches))
            return;
        foreach (var watch in watches)
            Leave(watch, log);
    }

    /// <summary>Takes in what has happened: names each log that is concerned.</summary>
    /// <param name="touched">Called with the log, whether names have changed, and whether a process that could write to its live file has closed that.</param>
    public void Drain(Action<FollowedLog, bool, bool> touched)
    {
        while (_inotify is not null)
        {
            nint read;
            fixed (byte* buffer = _buffer)
                read = Libc.Read(_inotify, buffer, _buffer.Length);
            if (read <= 0)
                return;
            for (var at = 0; at + EventHeadBytes <= read;)
            {
                var head = _buffer.AsSpan(at, EventHeadBytes);
                Tell(BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadUInt32LittleEndian(head[4..]), touched);
                at += EventHeadBytes + BinaryPrimitives.ReadInt32LittleEndian(head[12..]);
            }
        }
    }

    public void Dispose() => _inotify?.Dispose();

    private void Tell(int watch, uint mask, Action<FollowedLog, bool, bool> touched)
    {
        if ((mask & Overflowed) != 0)
        {
            foreach (var log in _byLog.Keys.ToList())
                touched(log, true, true);
            return;
        }

        if (!_byWatch.TryGetValue(watch, out var logs))
            return;
        foreach (var log in logs)
            touched(log, (mask & ~Modified) != 0, (mask & Closed) != 0);
        if ((mask & Gone) != 0)
            _byWatch.Remove(watch);
    }

    private void Leave(int watch, FollowedLog log)
    {
        if (!_byWatch.TryGetValue(watch, out var logs) || !logs.Remove(log) || logs.Count > 0)
            return;
        _byWatch.Remove(watch);
        _ = Libc.InotifyRemove(_inotify!, watch);
    }
}
