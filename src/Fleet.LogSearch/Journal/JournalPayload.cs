using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fleet.LogSearch.Journal;

/// <summary>Decompresses the payload of data objects: LZ4 by itself, Zstandard and XZ with the host's libraries.</summary>
internal sealed unsafe class JournalPayload
{
    private const byte XzFlag = 1;
    private const byte Lz4Flag = 2;
    private const byte ZstdFlag = 4;

    /// <summary>A larger field (a core dump, say) is passed over.</summary>
    private const int Largest = 4 * 1024 * 1024;

    private static readonly nint s_zstd = Load("libzstd.so.1");
    private static readonly nint s_lzma = Load("liblzma.so.5");
    private static readonly delegate* unmanaged<byte*, nuint, byte*, nuint, nuint> s_zstdDecompress =
        (delegate* unmanaged<byte*, nuint, byte*, nuint, nuint>)Export(s_zstd, "ZSTD_decompress");

    private static readonly delegate* unmanaged<byte*, nuint, ulong> s_zstdSize =
        (delegate* unmanaged<byte*, nuint, ulong>)Export(s_zstd, "ZSTD_getFrameContentSize");

    private static readonly delegate* unmanaged<ulong*, uint, void*, byte*, nuint*, nuint, byte*, nuint*, nuint, int> s_lzmaDecode =
        (delegate* unmanaged<ulong*, uint, void*, byte*, nuint*, nuint, byte*, nuint*, nuint, int>)Export(s_lzma, "lzma_stream_buffer_decode");

    private byte[] _buffer = new byte[64 * 1024];

    /// <summary>How many payloads could not be read, and why.</summary>
    public long Unread { get; private set; }

    public string Reason { get; private set; } = "";

    /// <summary>What a data object of a file holds, as <c>FIELD=value</c>; empty when it cannot be read. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Open(JournalFile file, long data)
    {
        ReadOnlySpan<byte> bytes = file.At(data, file.SizeOf(data, JournalObjectKind.Data));
        return Open(bytes[1], bytes[file.PayloadOffset..]);
    }

    /// <summary>The payload itself; empty when it cannot be read. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Open(byte flags, ReadOnlySpan<byte> payload) => (flags & 7) switch
    {
        0 => payload,
        Lz4Flag => Lz4(payload),
        ZstdFlag => Zstd(payload),
        XzFlag => Xz(payload),
        _ => Skip("a compression that is not known here"),
    };

    private ReadOnlySpan<byte> Zstd(ReadOnlySpan<byte> payload)
    {
        if (s_zstdDecompress == null || s_zstdSize == null)
        {
            return Skip("libzstd.so.1 is not installed");
        }

        fixed (byte* source = payload)
        {
            ulong size = s_zstdSize(source, (nuint)payload.Length);
            if (size > Largest)
            {
                return Skip("larger than 4 MiB");
            }

            fixed (byte* target = Room((int)size))
            {
                nuint written = s_zstdDecompress(target, (nuint)size, source, (nuint)payload.Length);
                return written == size ? _buffer.AsSpan(0, (int)size) : Skip("damaged");
            }
        }
    }

    private ReadOnlySpan<byte> Xz(ReadOnlySpan<byte> payload)
    {
        if (s_lzmaDecode == null)
        {
            return Skip("liblzma.so.5 is not installed");
        }

        ulong memory = 64UL << 20;
        nuint read = 0, written = 0;
        fixed (byte* source = payload)
        fixed (byte* target = Room(Largest))
        {
            int status = s_lzmaDecode(&memory, 0, null, source, &read, (nuint)payload.Length, target, &written, Largest);
            return status == 0 ? _buffer.AsSpan(0, (int)written) : Skip("damaged or larger than 4 MiB");
        }
    }

    private ReadOnlySpan<byte> Lz4(ReadOnlySpan<byte> payload)
    {
        long size = payload.Length < 8 ? -1 : BinaryPrimitives.ReadInt64LittleEndian(payload);
        if (size is < 0 or > Largest)
        {
            return Skip(size < 0 ? "damaged" : "larger than 4 MiB");
        }

        return Lz4Block.TryDecode(payload[8..], Room((int)size).AsSpan(0, (int)size)) ? _buffer.AsSpan(0, (int)size) : Skip("damaged");
    }

    private byte[] Room(int size)
    {
        if (_buffer.Length < size)
        {
            _buffer = new byte[size];
        }

        return _buffer;
    }

    private ReadOnlySpan<byte> Skip(string reason)
    {
        Unread++;
        Reason = reason;
        return [];
    }

    private static nint Load(string name) => NativeLibrary.TryLoad(name, out nint library) ? library : 0;

    private static nint Export(nint library, string name) =>
        library != 0 && NativeLibrary.TryGetExport(library, name, out nint export) ? export : 0;
}
