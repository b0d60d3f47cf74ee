using System.Security.Cryptography;
using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>One file of a rotated set, opened: it stays the same file while names move.</summary>
internal sealed class LogGeneration : IDisposable
{
    /// <summary>A fingerprint covers no more than this.</summary>
    public const int LongestHead = 1024;

    private const int BackwardsBytes = 64 * 1024;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly Compression _compression;
    private byte[]? _head;

    private LogGeneration(string path, FileStream file)
    {
        _path = path;
        _file = file;
        _compression = Decompression.Detect(file.SafeFileHandle);
        // Asked of the open file, not of its name, which may mean another one by now.
        Status = FileStatus.Of($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}") ?? default;
        ChangedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
    }

    private byte[] Head => _head ??= ReadHead();

    public FileStatus Status { get; }

    public DateTimeOffset ChangedAt { get; }

    public bool IsPacked => _compression != Compression.None;

    /// <summary>Opens a file; null when it is gone or not to be read.</summary>
    public static LogGeneration? TryOpen(string path)
    {
        FileStream? file = null;
        try
        {
            if (FileStatus.Of(path) is not { IsRegular: true })
            {
                return null;
            }

            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            return new LogGeneration(path, file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            file?.Dispose();
            return null;
        }
    }

    public bool IsNumbered(FilePosition position) => position.Device == Status.Device && position.Inode == Status.Inode && !IsPacked;

    /// <summary>Whether the file begins as the one of the position did, and reaches as far.</summary>
    public bool HasHeadOf(FilePosition position) =>
        position.HeadBytes <= Head.Length && Fingerprint(Head.AsSpan(0, position.HeadBytes)) == position.Head
        && (IsPacked || _file.Length >= position.Offset);

    /// <summary>The position at an offset of this file.</summary>
    public FilePosition At(long generation, long offset)
    {
        int head = (int)Math.Min(Head.Length, offset);
        return new FilePosition(generation, Status.Device, Status.Inode, head, Fingerprint(Head.AsSpan(0, head)), offset);
    }

    /// <summary>The bytes from an offset on.</summary>
    public Stream OpenFrom(long offset)
    {
        _file.Position = 0;
        Stream stream = IsPacked ? Decompression.Open(_file, _compression, _path) : _file;
        if (!IsPacked)
        {
            stream.Position = offset;
            return stream;
        }

        var skipped = new byte[BackwardsBytes];
        for (int read = 1; offset > 0 && read > 0; offset -= read)
        {
            read = stream.Read(skipped, 0, (int)Math.Min(skipped.Length, offset));
        }

        return stream;
    }

    /// <summary>Where the last whole line ends; of a packed file, which grows no more, its very end.</summary>
    public long EndOfLines(long from)
    {
        if (IsPacked)
        {
            return long.MaxValue;
        }

        var bytes = new byte[BackwardsBytes];
        for (long end = _file.Length; end > from;)
        {
            long start = Math.Max(from, end - bytes.Length);
            int read = RandomAccess.Read(_file.SafeFileHandle, bytes.AsSpan(0, (int)(end - start)), start);
            int last = bytes.AsSpan(0, read).LastIndexOf((byte)'\n');
            if (last >= 0)
            {
                return start + last + 1;
            }

            end = start;
        }

        return from;
    }

    public void Dispose() => _file.Dispose();

    private byte[] ReadHead()
    {
        var head = new byte[LongestHead];
        if (!IsPacked)
        {
            return head[..RandomAccess.Read(_file.SafeFileHandle, head, 0)];
        }

        Stream stream = OpenFrom(0);
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (stream is ProgramStream)
        {
            stream.Dispose();
        }

        return head[..read];
    }

    private static string Fingerprint(ReadOnlySpan<byte> head) =>
        head.IsEmpty ? "" : Convert.ToHexStringLower(SHA256.HashData(head).AsSpan(0, 16));
}
