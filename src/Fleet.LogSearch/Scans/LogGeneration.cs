using System.Security.Cryptography;
using Fleet.LogSearch.Files;
using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Scans;

/// <summary>One file of a rotated set, opened: it stays the same file while names move.</summary>
internal sealed class LogGeneration : IDisposable
{
    /// <summary>A fingerprint of a file's beginning covers no more than this.</summary>
    public const int LongestHead = 1024;

    /// <summary>Why a file that is not there is not opened.</summary>
    public const string Missing = "no such file";

    // So far it is looked for bytes that are not NUL, beyond what the file system says is a hole.
    private const int LongestHole = 64 * 1024;
    private const int FirstBytes = 64;
    private const int LongestTail = 64;

    // Who had a file open so long ago may have closed it.
    private static readonly TimeSpan s_writersHold = TimeSpan.FromSeconds(10);

    private readonly FileStream _file;
    private readonly Compression _compression;
    private readonly FollowBuffers _buffers;
    private byte[]? _head;
    private long _textAt;

    private LogGeneration(string path, FileStream file, FollowBuffers buffers)
    {
        Name = path;
        _file = file;
        _buffers = buffers;
        _compression = Decompression.Detect(file.SafeFileHandle);
        Refresh(path);
    }

    /// <summary>What it is called now.</summary>
    public string Name { get; private set; }

    /// <summary>As of when it was opened or refreshed last.</summary>
    public FileStatus Status { get; private set; }

    public DateTimeOffset ChangedAt => DateTimeOffset.UnixEpoch.AddTicks(Status.ChangedStamp / TimeSpan.NanosecondsPerTick);

    /// <summary>When it was last touched in any way: written, renamed, robbed of a name.</summary>
    public DateTimeOffset TouchedAt => DateTimeOffset.UnixEpoch.AddTicks(Status.TouchedStamp / TimeSpan.NanosecondsPerTick);

    /// <summary>When the file was made, where its file system tells; else the beginning of time.</summary>
    public DateTimeOffset BornAt => DateTimeOffset.UnixEpoch.AddTicks(Status.BornStamp / TimeSpan.NanosecondsPerTick);

    public bool IsPacked => _compression != Compression.None;

    /// <summary>Its length at this moment.</summary>
    public long Length
    {
        get
        {
            _buffers.Moment?.Invoke();
            return RandomAccess.GetLength(Handle);
        }
    }

    private SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Its first bytes that are not NUL, as many as a fingerprint covers where it has so many by now: a hole begins each of its kind.</summary>
    /// <exception cref="LogMovedException">It begins otherwise than it did when it was looked at before.</exception>
    private byte[] Head
    {
        get
        {
            if (_head is null || (!IsPacked && _head.Length < LongestHead))
            {
                // What was seen of a file while it was being made must not stand for it later.
                byte[] now = ReadHead();
                _head = _head is null || now.AsSpan().StartsWith(_head) ? now : throw Cut();
            }

            return _head;
        }
    }

    /// <summary>Opens a file; null with the reason when it is gone or not to be read.</summary>
    public static LogGeneration? TryOpen(string path, FollowBuffers buffers, out string fault)
    {
        FileStream? file = null;
        try
        {
            FileStatus? status = buffers.StatusOf(path, out fault);
            fault = status is null ? fault.Length == 0 ? Missing : fault : status.Value.IsRegular ? "" : "is not a file of lines";
            if (fault.Length > 0)
            {
                return null;
            }

            // Not by its path: FileStream would lock it (flock), and its writer may want to do so.
            buffers.Moment?.Invoke();
            if (buffers.Denying?.Invoke(path) is { } denial)
            {
                throw denial;
            }

            file = new FileStream(UnlockedFile.Open(path), FileAccess.Read, 0);
            return new LogGeneration(path, file, buffers);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            file?.Dispose();
            fault = failure switch
            {
                FileNotFoundException or DirectoryNotFoundException => Missing,
                UnauthorizedAccessException => "no permission to read it",
                _ => failure.Message,
            };
            return null;
        }
    }

    /// <summary>When it was first found to have another name than the live one, by the monotonic clock; null while it is the live file.</summary>
    public long? MovedAt { get; set; }

    /// <summary>When it was first found to have no name in the set any more, by the monotonic clock; null while it has one.</summary>
    public long? UnlistedAt { get; set; }

    /// <summary>When it was first found to have no name anywhere any more, likewise.</summary>
    public long? RemovedAt { get; set; }

    /// <summary>The same file, opened once more, whatever has become of its name.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public LogGeneration Reopen() => new(Name, new FileStream(UnlockedFile.Reopen(Handle), FileAccess.Read, 0), _buffers);

    /// <summary>Looks at the file anew, under the name it has now.</summary>
    public void Refresh(string name)
    {
        Name = name;
        _head = null;
        // Asked of the open file, not of its name, which may mean another one by now.
        Status = _buffers.StatusOf($"/proc/self/fd/{Handle.DangerousGetHandle()}") ?? default;
    }

    /// <summary>Whether it has the number of a position's file. Where births are not known and it has changed its file system's number, what it holds decides.</summary>
    public bool IsNumbered(FilePosition position) => position.IsOf(Status)
        || (Status.Inode == position.Inode && Status.Device != position.Device && (Status.BornStamp == 0 || position.BornStamp == 0)
            && position.HeadBytes > 0 && HasHeadOf(position) && ReachesTo(position));

    /// <summary>Whether a position stands in it.</summary>
    /// <remarks>
    /// Programs change their first bytes in place (a header with a counter): where births are known, number, birth, and what stands before the
    /// position are enough.
    /// </remarks>
    public bool Holds(FilePosition position) =>
        IsNumbered(position) && (position.BornStamp != 0 && position.BornStamp == Status.BornStamp
            ? ReachesTo(position) || EndsAt(position) : ReachesTo(position) && HasHeadOf(position));

    /// <summary>Where its other name is, of those who have it open: it was renamed to where it is not looked for. Null: it was removed.</summary>
    public string? OtherName()
    {
        _buffers.Moment?.Invoke();
        string link = $"/proc/self/fd/{Handle.DangerousGetHandle()}";
        try
        {
            return Status.Links > 0 && new FileInfo(link).LinkTarget is { } target && _buffers.StatusOf(target) is { } status && status.IsSameFile(Status) ? target : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a process has it open for writing, as of after its name was changed or gone, and not long ago.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="age">The answer may be so old. The default is 10 s.</param>
    public WriterState WrittenBy(TimeProvider time, TimeSpan? age = null)
    {
        long notBefore = time.GetTimestamp() - (long)((age ?? s_writersHold).TotalSeconds * time.TimestampFrequency);
        notBefore = Math.Max(notBefore, RemovedAt ?? UnlistedAt ?? MovedAt ?? notBefore);
        return _buffers.WritersOf?.Invoke(Status) ?? _buffers.Writers.Ask(Status, notBefore, time);
    }

    /// <summary>Whether the file begins as the one of the position did.</summary>
    public bool HasHeadOf(FilePosition position) =>
        position.HeadBytes <= Head.Length && Fingerprint(Head.AsSpan(0, position.HeadBytes)) == position.Head;

    /// <summary>Whether it begins as what the position stands in did, as far as it goes: it may be a shorter copy.</summary>
    public bool BeginsAs(FilePosition position)
    {
        if (Head.Length >= position.HeadBytes)
        {
            return HasHeadOf(position);
        }

        ReadOnlySpan<char> first = First(Head.Length);
        int common = Math.Min(first.Length, position.First.Length);
        return common > 0 && first[..common].SequenceEqual(position.First.AsSpan(0, common));
    }

    /// <summary>Whether it reaches as far as the position, with the same bytes before it.</summary>
    public bool ReachesTo(FilePosition position) =>
        IsPacked ? IsNumbered(position) || position.Tail.Length == 0 || TailAt(position.Offset) == position.Tail
        : Length >= position.Offset && TailAt(position.Offset) == position.Tail;

    /// <summary>Whether it ends with the position, and nothing has changed but its first line: of a file so short that is among its last bytes, too.</summary>
    private bool EndsAt(FilePosition position) =>
        !IsPacked && position.Latter.Length > 0 && Length == position.Offset && LatterAt(position.Offset) == position.Latter;

    /// <summary>Whether nothing at all, packed or not, is in it.</summary>
    public bool IsEmpty => IsPacked ? Head.Length == 0 : Status.Length == 0;

    /// <summary>Whether this is another file's beginning, or the whole of it: a copy that is being made.</summary>
    public bool IsCopyOf(LogGeneration other)
    {
        long length = Length;
        if (IsPacked || other.IsPacked || length == 0 || length > other.Length || Status.IsSameFile(other.Status))
        {
            return false;
        }

        return other.Head.AsSpan().StartsWith(Head) && TailAt(length) == other.TailAt(length);
    }

    /// <summary>Whether another file begins with this one, as far as fingerprints reach: this may have been made when the other was shorter.</summary>
    public bool IsBeginningOf(LogGeneration other) => Head.Length > 0 && other.Head.AsSpan().StartsWith(Head);

    /// <summary>The position at an offset of this file.</summary>
    public FilePosition At(long generation, long offset)
    {
        byte[] beginning = Head;
        int head = (int)Math.Clamp(offset - (IsPacked ? 0 : _textAt), 0, beginning.Length);
        // Of a packed file the bytes before would have to be unpacked again; it is known by its number then.
        string tail = IsPacked ? "" : TailAt(offset);
        return new FilePosition(
            generation, Status.Device, Status.Inode, head, Fingerprint(Head.AsSpan(0, head)), First(head), tail, offset)
        {
            BornStamp = Status.BornStamp,
            Latter = IsPacked ? "" : LatterAt(offset),
        };
    }

    /// <summary>Whether the file still begins as it did when it was looked at: it was not cut meanwhile.</summary>
    public bool StillBeginsSo()
    {
        byte[] before = Head;
        Span<byte> now = stackalloc byte[LongestHead];
        return IsPacked || now[..ReadAt(now[..before.Length], _textAt)].SequenceEqual(before);
    }

    /// <summary>Where the text behind a hole begins: NULs before a line are no part of it.</summary>
    public long TextFrom(long from, long end)
    {
        long at = Math.Min(end, UnlockedFile.DataFrom(Handle, from));
        byte[] bytes = _buffers.Backwards;
        for (long most = at + LongestHole; at < Math.Min(end, most);)
        {
            int read = ReadAt(bytes.AsSpan(0, (int)Math.Min(bytes.Length, end - at)), at);
            int text = bytes.AsSpan(0, read).IndexOfAnyExcept((byte)0);
            if (text >= 0 || read == 0)
            {
                return at + Math.Max(0, text);
            }

            at += read;
        }

        return at;
    }

    /// <summary>Its length, and with it the beginning of the same file: what is read next depends on that.</summary>
    /// <exception cref="LogMovedException">It was cut in between.</exception>
    public long NoteLength()
    {
        long length = Length;
        // Of a hole without an end there is no beginning.
        return Head.Length >= Math.Min(length - _textAt, LongestHead) || Head.Length == 0 ? length : throw Cut();
    }

    /// <summary>To be thrown where it is found to have been cut while it was read.</summary>
    public LogMovedException Cut() => new($"{Name} was truncated while it was read");

    /// <summary>The last bytes before a place of a plain file, into a buffer for them.</summary>
    public ReadOnlySpan<byte> EndingAt(long offset, Span<byte> bytes)
    {
        bytes = bytes[..(int)Math.Min(offset, Math.Min(bytes.Length, LongestTail))];
        return bytes[..ReadAt(bytes, offset - bytes.Length)];
    }

    /// <summary>Whether a place of a plain file is still where it was, also where more stands behind it by now.</summary>
    public bool StillHolds(FilePosition place) =>
        place.Tail.Length == 0 || TailAt(place.Offset) == place.Tail || (place.Latter.Length > 0 && LatterAt(place.Offset) == place.Latter);

    /// <summary>Bytes at a place of a plain file.</summary>
    public int ReadAt(Span<byte> bytes, long offset)
    {
        _buffers.Moment?.Invoke();
        return RandomAccess.Read(Handle, bytes, offset);
    }

    /// <summary>The bytes from an offset on.</summary>
    public Stream OpenFrom(long offset)
    {
        _buffers.Moment?.Invoke();
        _file.Position = 0;
        if (!IsPacked)
        {
            _file.Position = offset;
            return _file;
        }

        Stream stream = Decompression.Open(_file, _compression);
        byte[] skipped = _buffers.Backwards;
        for (int read = 1; offset > 0 && read > 0; offset -= read)
        {
            read = stream.Read(skipped, 0, (int)Math.Min(skipped.Length, offset));
        }

        return stream;
    }

    /// <summary>Where the last whole line ends, not before <paramref name="from"/>.</summary>
    public long EndOfLines(long from)
    {
        byte[] bytes = _buffers.Backwards;
        for (long end = Length; end > from;)
        {
            long start = Math.Max(from, end - bytes.Length);
            int read = ReadAt(bytes.AsSpan(0, (int)(end - start)), start);
            int last = bytes.AsSpan(0, read).LastIndexOf((byte)'\n');
            if (last >= 0)
            {
                return start + last + 1;
            }

            end = start;
        }

        return from;
    }

    /// <summary>Where the last so many whole lines start.</summary>
    public long StartOfLast(int lines, out int found)
    {
        byte[] bytes = _buffers.Backwards;
        found = 0;
        long end = EndOfLines(0);
        for (end = Math.Max(0, end - 1); end > 0;)
        {
            long start = Math.Max(0, end - bytes.Length);
            int read = ReadAt(bytes.AsSpan(0, (int)(end - start)), start);
            for (int at = read; (at = bytes.AsSpan(0, Math.Max(0, at)).LastIndexOf((byte)'\n')) >= 0;)
            {
                if (++found == lines)
                {
                    return start + at + 1;
                }
            }

            end = start;
        }

        found += Length > 0 ? 1 : 0;
        return 0;
    }

    public void Dispose() => _file.Dispose();

    private string TailAt(long offset)
    {
        Span<byte> tail = stackalloc byte[LongestTail];
        tail = tail[..(int)Math.Min(offset, LongestTail)];
        if (!IsPacked)
        {
            return Fingerprint(EndingAt(offset, tail));
        }

        try
        {
            Stream stream = OpenFrom(offset - tail.Length);
            try
            {
                return Fill(stream, tail) == tail.Length ? Fingerprint(tail) : "short";
            }
            finally
            {
                Close(stream);
            }
        }
        catch (InvalidDataException)
        {
            return "short";
        }
    }

    /// <summary>A fingerprint of what stands behind the first line, of a file so short that its tail is not clear of that; of another one none.</summary>
    private string LatterAt(long offset)
    {
        Span<byte> bytes = stackalloc byte[2 * LongestTail];
        if (offset >= bytes.Length)
        {
            return "";
        }

        bytes = bytes[..ReadAt(bytes[..(int)offset], 0)];
        return Fingerprint(bytes[(bytes.IndexOf((byte)'\n') + 1)..] is { Length: > 0 } latter && latter.Length < bytes.Length ? latter : []);
    }

    private byte[] ReadHead()
    {
        var head = new byte[LongestHead];
        if (!IsPacked)
        {
            int read = ReadAt(head, 0);
            _textAt = read > 0 && head[0] == 0 ? TextFrom(0, Length) : 0;
            read = _textAt > 0 ? ReadAt(head, _textAt) : read;
            return head[..(read > 0 && head[0] == 0 ? 0 : read)];
        }

        Stream stream = OpenFrom(0);
        try
        {
            return ReadText(stream, head);
        }
        finally
        {
            Close(stream);
        }
    }

    /// <summary>Reads the first bytes that are not NUL.</summary>
    private static byte[] ReadText(Stream stream, byte[] head)
    {
        for (int skipped = 0; skipped <= LongestHole; skipped += head.Length)
        {
            int filled = Fill(stream, head);
            int text = head.AsSpan(0, filled).IndexOfAnyExcept((byte)0);
            if (text >= 0)
            {
                head.AsSpan(text, filled - text).CopyTo(head);
                return head[..(filled - text + Fill(stream, head.AsSpan(filled - text, text)))];
            }

            if (filled < head.Length)
            {
                break;
            }
        }

        return [];
    }

    /// <summary>Reads as much as there is; of a damaged file, what stands before the damage.</summary>
    private static int Fill(Stream stream, Span<byte> bytes)
    {
        int filled = 0;
        try
        {
            while (filled < bytes.Length && stream.Read(bytes[filled..]) is var read and > 0)
            {
                filled += read;
            }
        }
        catch (InvalidDataException)
        {
            // What reads on in it says so.
        }

        return filled;
    }

    // A decompressor within this process would close the file with itself.
    private static void Close(Stream stream)
    {
        if (stream is ProgramStream)
        {
            stream.Dispose();
        }
    }

    // As they are, not their fingerprint: a copy may have been made when there were even fewer.
    private string First(int most) => Convert.ToHexStringLower(Head.AsSpan(0, Math.Min(Math.Min(most, Head.Length), FirstBytes)));

    internal static string Fingerprint(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "" : Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
}
