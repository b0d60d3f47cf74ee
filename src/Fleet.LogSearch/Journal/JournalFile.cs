using System.Buffers.Binary;
using Fleet.LogSearch.Files;
using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Journal;

/// <summary>The kinds of objects that a journal file consists of.</summary>
internal enum JournalObjectKind : byte
{
    Data = 1,
    Entry = 3,
    EntryArray = 6,
}

/// <summary>A systemd journal file, read directly, as described at systemd.io/JOURNAL_FILE_FORMAT.</summary>
/// <remarks>It is read, not mapped: a file that is vacuumed or truncated under a mapping would kill the process.</remarks>
internal sealed class JournalFile : IDisposable
{
    public const int ObjectHeaderBytes = 16;

    private const int HeaderBytes = 208;
    private const byte ArchivedState = 2;
    private const uint CompactFlag = 16;
    private const uint KnownFlags = 31;
    private const int PageBytes = 32 * 1024;
    private const int Pages = 32;
    private const int EntryHeadBytes = 64;
    private const int MostItems = 4096;

    private readonly SafeFileHandle _file;
    private readonly long[] _pageAt = new long[Pages];
    private readonly int[] _pageLength = new int[Pages];
    private readonly byte[][] _pages = new byte[Pages][];
    private byte[] _scratch = new byte[PageBytes];
    private long[] _items = [];

    public JournalFile(string path)
    {
        Path = path;
        _file = UnlockedFile.Open(path);
        Array.Fill(_pageAt, -1);
        try
        {
            ReadHeader();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public bool IsCompact { get; private set; }

    public long FirstObject { get; private set; }

    public long LastObject { get; private set; }

    public long EntryCount { get; private set; }

    public long FirstEntryArray { get; private set; }

    /// <summary>Realtime of the first and the last entry, in microseconds since 1970.</summary>
    public (long First, long Last) Times { get; private set; }

    /// <summary>Numbers of entries that count together: those of one run of a journal, through its files.</summary>
    public string SequenceId { get; private set; } = "";

    /// <summary>Made with the file; it keeps it when it is renamed.</summary>
    public string FileId { get; private set; } = "";

    /// <summary>Whether nothing more is written to it.</summary>
    public bool IsArchived { get; private set; }

    /// <summary>The number of its first entry; 0 where there is none.</summary>
    public long FirstSequence { get; private set; }

    /// <summary>The number of its last entry.</summary>
    public long LastSequence { get; private set; }

    public int PayloadOffset => IsCompact ? 72 : 64;

    /// <summary>Reads straight from the file, for passes over all of it.</summary>
    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_file, buffer, offset);

    /// <summary>Bytes at a place, through a small cache; valid until the next call.</summary>
    public ReadOnlySpan<byte> At(long offset, int length)
    {
        long page = offset / PageBytes;
        int within = (int)(offset - (page * PageBytes));
        int slot = (int)(page % Pages);
        if (within + length <= PageBytes)
        {
            Load(page, slot);
            return within + length <= _pageLength[slot] ? _pages[slot].AsSpan(within, length) : throw Damaged(offset);
        }

        if (_scratch.Length < length)
        {
            // A damaged size must not become memory.
            _scratch = length <= RandomAccess.GetLength(_file) - offset ? new byte[length] : throw Damaged(offset);
        }

        return RandomAccess.Read(_file, _scratch.AsSpan(0, length), offset) == length ? _scratch.AsSpan(0, length) : throw Damaged(offset);
    }

    /// <summary>The size of an object of a kind, checked.</summary>
    public int SizeOf(long offset, JournalObjectKind kind)
    {
        ReadOnlySpan<byte> header = offset >= FirstObject && (offset & 7) == 0 ? At(offset, ObjectHeaderBytes) : throw Damaged(offset);
        long size = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        return header[0] == (byte)kind && size is >= 24 and < int.MaxValue ? (int)size : throw Damaged(offset);
    }

    /// <summary>The data objects of an entry, its fields; valid until the next call.</summary>
    public ReadOnlySpan<long> ItemsOf(long entry)
    {
        int size = SizeOf(entry, JournalObjectKind.Entry);
        int width = IsCompact ? 4 : 16;
        int count = Math.Min((size - EntryHeadBytes) / width, MostItems);
        ReadOnlySpan<byte> items = At(entry + EntryHeadBytes, count * width);
        if (_items.Length < count)
        {
            _items = new long[count];
        }

        for (int i = 0; i < count; i++)
        {
            _items[i] = IsCompact ? BinaryPrimitives.ReadUInt32LittleEndian(items[(i * 4)..]) : BinaryPrimitives.ReadInt64LittleEndian(items[(i * 16)..]);
        }

        return _items.AsSpan(0, count);
    }

    /// <summary>The entries named by a chain of entry arrays.</summary>
    public IEnumerable<long> Entries(long arrayOffset, long count, int skip = 0)
    {
        int width = IsCompact ? 4 : 8;
        long before = 0;
        while (arrayOffset != 0 && count > 0)
        {
            // Arrays are only ever appended, so a chain that leads backwards is a circle.
            int size = arrayOffset > before ? SizeOf(arrayOffset, JournalObjectKind.EntryArray) : throw Damaged(arrayOffset);
            int items = (int)Math.Min((size - 24) / width, count);
            for (int i = skip; i < items; i++)
            {
                long entry = ReadOffset(arrayOffset + 24 + ((long)i * width));
                if (entry == 0)
                {
                    yield break;
                }

                yield return entry;
            }

            skip = 0;
            count -= items;
            before = arrayOffset;
            arrayOffset = BinaryPrimitives.ReadInt64LittleEndian(At(arrayOffset + 16, 8));
        }
    }

    /// <summary>The entries behind the first so many, in the order in which they were written.</summary>
    public IEnumerable<long> EntriesAfter(long skip)
    {
        int width = IsCompact ? 4 : 8;
        long array = FirstEntryArray, count = EntryCount;
        for (; array != 0 && count > 0; array = BinaryPrimitives.ReadInt64LittleEndian(At(array + 16, 8)))
        {
            int items = (int)Math.Min((SizeOf(array, JournalObjectKind.EntryArray) - 24) / width, count);
            if (skip < items)
            {
                return Entries(array, count, (int)skip);
            }

            skip -= items;
            count -= items;
        }

        return [];
    }

    /// <summary>The number of an entry, within its sequence.</summary>
    public long SequenceOf(long entry) => BinaryPrimitives.ReadInt64LittleEndian(At(entry + 16, 8));

    /// <summary>Every entry from the first one at or after a time on; where clocks jumped back, from one of them.</summary>
    public IEnumerable<long> EntriesSince(long microseconds)
    {
        int width = IsCompact ? 4 : 8;
        long array = FirstEntryArray, count = EntryCount;
        while (array != 0 && count > 0)
        {
            int size = SizeOf(array, JournalObjectKind.EntryArray);
            int items = (int)Math.Min((size - 24) / width, count);
            long last = ReadOffset(array + 24 + ((items - 1L) * width));
            if (last != 0 && TimeOf(last) >= microseconds)
            {
                break;
            }

            count -= items;
            array = BinaryPrimitives.ReadInt64LittleEndian(At(array + 16, 8));
        }

        if (array == 0)
        {
            return [];
        }

        // Arrays double in size: the one that holds the time may hold half of all entries.
        int low = 0, high = (int)Math.Min((SizeOf(array, JournalObjectKind.EntryArray) - 24) / width, count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            long entry = ReadOffset(array + 24 + ((long)middle * width));
            (low, high) = entry != 0 && TimeOf(entry) < microseconds ? (middle + 1, high) : (low, middle);
        }

        return Entries(array, count, low);
    }

    public long TimeOf(long entry) => BinaryPrimitives.ReadInt64LittleEndian(At(entry + 24, 8));

    public InvalidDataException Damaged(long offset) => new($"journal file {Path} is damaged or truncated at byte {offset}");

    public void Dispose() => _file.Dispose();

    private long ReadOffset(long at) => IsCompact
        ? BinaryPrimitives.ReadUInt32LittleEndian(At(at, 4))
        : BinaryPrimitives.ReadInt64LittleEndian(At(at, 8));

    private void Load(long page, int slot)
    {
        if (_pageAt[slot] == page)
        {
            return;
        }

        _pages[slot] ??= new byte[PageBytes];
        _pageLength[slot] = RandomAccess.Read(_file, _pages[slot], page * PageBytes);
        _pageAt[slot] = page;
    }

    private void ReadHeader()
    {
        ReadOnlySpan<byte> header = At(0, HeaderBytes);
        if (!header.StartsWith("LPKSHHRH"u8))
        {
            throw new InvalidDataException($"{Path} is not a journal file");
        }

        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        if ((flags & ~KnownFlags) != 0)
        {
            throw new InvalidDataException($"journal file {Path} uses a form that is not known here (flags {flags:x})");
        }

        IsCompact = (flags & CompactFlag) != 0;
        IsArchived = header[16] == ArchivedState;
        FileId = Convert.ToHexStringLower(header.Slice(24, 16));
        FirstSequence = Number(header, 168);
        LastSequence = Number(header, 160);
        SequenceId = Convert.ToHexStringLower(header.Slice(72, 16));
        FirstObject = Number(header, 88);
        LastObject = Number(header, 136);
        EntryCount = Number(header, 152);
        FirstEntryArray = Number(header, 176);
        Times = (Number(header, 184), Number(header, 192));
    }

    private static long Number(ReadOnlySpan<byte> header, int offset) => BinaryPrimitives.ReadInt64LittleEndian(header[offset..]);
}
