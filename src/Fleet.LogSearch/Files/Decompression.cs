using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Files;

/// <summary>How a file is compressed.</summary>
internal enum Compression
{
    None,
    Gzip,
    Zstandard,
    Xz,
    Bzip2,
}

/// <summary>Opens compressed files for reading.</summary>
internal static class Decompression
{
    /// <summary>Tells the compression by the file's first bytes.</summary>
    public static Compression Detect(SafeFileHandle file)
    {
        Span<byte> head = stackalloc byte[6];
        int read = RandomAccess.Read(file, head, 0);
        return head[..read] switch
        {
            [0x1F, 0x8B, ..] => Compression.Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Compression.Zstandard,
            [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00] => Compression.Xz,
            [0x42, 0x5A, 0x68, >= (byte)'1' and <= (byte)'9', 0x31 or 0x17, ..] => Compression.Bzip2,
            _ => Compression.None,
        };
    }

    /// <summary>The decompressed bytes; gzip in this process, the others through the system's own programs.</summary>
    public static Stream Open(FileStream packed, Compression compression) => compression switch
    {
        Compression.Gzip => new GZipStream(packed, CompressionMode.Decompress),
        Compression.Zstandard => new ProgramStream("zstd", packed.SafeFileHandle),
        Compression.Xz => new ProgramStream("xz", packed.SafeFileHandle),
        _ => new ProgramStream("bzip2", packed.SafeFileHandle),
    };
}
