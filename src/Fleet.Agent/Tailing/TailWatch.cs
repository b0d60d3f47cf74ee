using System.Buffers.Binary;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Tailing;

/// <summary>Tells that something has happened to a tail's logs: inotify(7). Nothing is lost where an event is, for the logs are also looked at by the clock.</summary>
/// <remarks>One thread.</remarks>
internal sealed unsafe class TailWatch : IDisposable
{
    private const int CreateFlags = 0x80800; // IN_NONBLOCK | IN_CLOEXEC
    private const uint Content = 0x2 | 0x4; // IN_MODIFY | IN_ATTRIB (a link removed)
    private const uint Names = 0x40 | 0x80 | 0x100 | 0x200; // IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE
    private const uint AddToMask = 0x20000000; // IN_MASK_ADD: paths of one file must not narrow one another
    private const uint Overflowed = 0x4000; // IN_Q_OVERFLOW
    private const int EventHeadBytes = 16;
    private const int BufferBytes = 8 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private Fd? _inotify;

    /// <summary>To be polled; -1 where there is none.</summary>
    public int Number => _inotify?.Number ?? -1;

    /// <summary>Watches these logs as they are now, and what they were before no more.</summary>
    public void Watch(IReadOnlyList<TailLog> logs)
    {
        // Anew each time: a watch goes with a file through its renames, and would be kept for each file that rotation has put aside.
        _inotify?.Dispose();
        var made = Libc.InotifyCreate(CreateFlags);
        _inotify = made >= 0 ? new Fd(made) : null;
        foreach (var log in logs)
        {
            foreach (var path in log.Watched)
            {
                if (_inotify is not null)
                    _ = Libc.InotifyAdd(_inotify, path, Content | Names | AddToMask);
            }
        }
    }

    /// <summary>Takes in what has happened; whether names have changed.</summary>
    public bool Drain()
    {
        var namesChanged = false;
        while (_inotify is not null)
        {
            nint read;
            fixed (byte* buffer = _buffer)
                read = Libc.Read(_inotify, buffer, _buffer.Length);
            if (read <= 0)
                break;
            for (var at = 0; at + EventHeadBytes <= read;)
            {
                var head = _buffer.AsSpan(at, EventHeadBytes);
                namesChanged |= (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) & (Names | Overflowed)) != 0;
                at += EventHeadBytes + BinaryPrimitives.ReadInt32LittleEndian(head[12..]);
            }
        }

        return namesChanged;
    }

    public void Dispose() => _inotify?.Dispose();
}
