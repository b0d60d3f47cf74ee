using System.Buffers.Binary;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Scanning.Watching;

/// <summary>Lets one thread sleep until a time has passed, a descriptor can be read, or another thread wakes it.</summary>
internal sealed unsafe class WakeableWait : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x80800;
    private const short ReadEvent = 1; // POLLIN
    private const int EntryBytes = 8;  // struct pollfd: descriptor, events, what happened

    private readonly Fd _wake = Fd.Own(Libc.EventFd(0, CloseOnExecNonBlocking), "eventfd");

    /// <summary>Wakes the thread, or sees to it that its next sleep is none.</summary>
    public void Wake()
    {
        var one = 1L;
        _ = Libc.Write(_wake, (byte*)&one, sizeof(long));
    }

    /// <summary>Sleeps.</summary>
    /// <param name="atMost">No longer than this; negative: without end.</param>
    /// <param name="descriptor">Can end it too; -1 for none.</param>
    public void Sleep(TimeSpan atMost, int descriptor)
    {
        Span<byte> entries = stackalloc byte[2 * EntryBytes];
        entries.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(entries, _wake.Number);
        BinaryPrimitives.WriteInt16LittleEndian(entries[4..], ReadEvent);
        BinaryPrimitives.WriteInt32LittleEndian(entries[EntryBytes..], descriptor);
        BinaryPrimitives.WriteInt16LittleEndian(entries[(EntryBytes + 4)..], ReadEvent);
        // A wait cut short would look, find nothing due, and wait again.
        var milliseconds = atMost < TimeSpan.Zero ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(atMost.TotalMilliseconds));
        fixed (byte* first = entries)
            _ = Libc.Poll(first, descriptor < 0 ? 1u : 2u, milliseconds);
        long count;
        _ = Libc.Read(_wake, (byte*)&count, sizeof(long));
    }

    public void Dispose() => _wake.Dispose();
}
