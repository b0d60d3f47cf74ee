using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Journal;

/// <summary>Reads the frames of one file in order, and stops at the first that is torn or damaged.</summary>
/// <remarks>The payload is valid until the next call. Not for several threads.</remarks>
internal sealed class FrameReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly long _end;
    private byte[] _buffer;

    /// <param name="file">Stays open and is the caller's to close.</param>
    /// <param name="offset">Where a frame begins.</param>
    /// <param name="end">Nothing at or behind this position is read.</param>
    public FrameReader(SafeFileHandle file, long offset, long end)
    {
        _file = file;
        Offset = offset;
        _end = end;
        _buffer = ArrayPool<byte>.Shared.Rent(4096);
    }

    /// <summary>Behind the last intact frame.</summary>
    public long Offset { get; private set; }

    /// <summary>
    /// Whether reading stopped at bytes that were written whole and are not what was written. A frame that the file's end cuts off is
    /// none of those: its write was interrupted.
    /// </summary>
    public bool IsDamaged { get; private set; }

    /// <summary>The frame read last.</summary>
    public JournalFrame Frame { get; private set; }

    /// <summary>The payload of the frame read last.</summary>
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(JournalFrame.HeadBytes, Frame.PayloadBytes);

    /// <summary>Moves to the next frame; false where there is none, or none that is intact.</summary>
    public bool TryRead()
    {
        var known = Fill(0, Offset);
        if (!JournalFrame.TryRead(_buffer.AsSpan(0, known), out var frame))
        {
            IsDamaged = known >= JournalFrame.HeadBytes;
            return false;
        }

        var length = JournalFrame.HeadBytes + frame.PayloadBytes;
        if (Offset + length > _end)
            return false;
        if (known < length)
        {
            Grow(length, known);
            known += Fill(known, Offset + known);
        }

        if (known < length)
            return false;
        if (!frame.IsIntact(_buffer.AsSpan(0, length)))
        {
            IsDamaged = true;
            return false;
        }

        Frame = frame;
        Offset += length;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // Most frames fit the first read, which fetches more than the head for that reason.
    private int Fill(int from, long offset)
    {
        var wanted = (int)Math.Min(_buffer.Length - from, _end - offset);
        var total = 0;
        while (total < wanted)
        {
            var read = RandomAccess.Read(_file, _buffer.AsSpan(from + total, wanted - total), offset + total);
            if (read == 0)
                break;
            total += read;
        }

        return total;
    }

    private void Grow(int length, int known)
    {
        if (_buffer.Length >= length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(length);
        _buffer.AsSpan(0, known).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
