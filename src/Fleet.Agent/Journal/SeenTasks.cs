using System.Buffers.Binary;
using System.Numerics;
using Fleet.Protocol.Identifiers;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Journal;

/// <summary>
/// Remembers tasks that have ended and whose records are delivered, so that an order which comes twice never runs twice.
/// One file of 28-byte entries: key (16), expiry (8, Unix milliseconds), CRC-32C (4).
/// </summary>
/// <remarks>
/// Behind the entries stands a reserve of zeros, which are no entry: a delivered task can only be removed once it is in this list, and
/// that must not need space on a disk which the task itself has filled.
/// Bounded: beyond <see cref="Capacity"/> the entry that was added first goes. That is safe, because the controller has
/// stored the end of every task in this list and sends such a task again only after losing its own store.
/// For all threads.
/// </remarks>
internal sealed class SeenTasks : IDisposable
{
    /// <summary>How many tasks are remembered.</summary>
    public const int Capacity = 16_384;

    private const int EntryBytes = 28;
    private const int ChecksumOffset = 24;

    // Rewriting costs one small file; doing it rarely keeps an append at one write(2).
    private const int CompactionSlack = 4096;

    // 16 KiB.
    private const int ReserveEntries = 585;

    private readonly Lock _gate = new();
    private readonly Dictionary<SeenKey, long> _expiryMs = [];
    private readonly Queue<SeenKey> _order = new();
    private readonly TimeProvider _time;
    private readonly string _path;
    private SafeFileHandle _file;
    private long _entriesInFile;
    private long _roomInFile;

    /// <param name="path">The list's file; made where it is missing.</param>
    /// <param name="time">Tells which entries have expired.</param>
    public SeenTasks(string path, TimeProvider time)
    {
        _path = path;
        _time = time;
        _file = Open(path);
        Load();
        try
        {
            Reserve_NeedsLock();
        }
        catch (IOException)
        {
            // There is none until the disk has room again.
        }
    }

    /// <summary>How many tasks are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _expiryMs.Count;
        }
    }

    /// <summary>Whether the task ended here not long ago.</summary>
    public bool Contains(TaskId id)
    {
        lock (_gate)
            return _expiryMs.TryGetValue(SeenKey.Of(id), out var expiry) && expiry > NowMs();
    }

    /// <summary>Remembers a task.</summary>
    /// <exception cref="IOException">It could not be written; it is remembered in memory all the same.</exception>
    public void Add(TaskId id, DateTimeOffset until)
    {
        lock (_gate)
        {
            var key = SeenKey.Of(id);
            Remember(key, until.ToUnixTimeMilliseconds());
            DropExpired();
            Span<byte> entry = stackalloc byte[EntryBytes];
            Write(entry, key, until.ToUnixTimeMilliseconds());
            RandomAccess.Write(_file, entry, _entriesInFile * EntryBytes);
            _entriesInFile++;
            _roomInFile = Math.Max(_roomInFile, _entriesInFile);
            try
            {
                if (_roomInFile - _entriesInFile < ReserveEntries / 2)
                    Reserve_NeedsLock();
                if (_entriesInFile > _expiryMs.Count * 2 + CompactionSlack)
                    Compact();
            }
            catch (IOException)
            {
                // The entry stands; the rest is for a time when the disk has room.
            }
        }
    }

    /// <summary>Fills the reserve up.</summary>
    /// <exception cref="IOException">The disk has no room for it.</exception>
    public void Reserve()
    {
        lock (_gate)
            Reserve_NeedsLock();
    }

    public void Dispose() => _file.Dispose();

    private void Load()
    {
        var entry = new byte[EntryBytes];
        var length = RandomAccess.GetLength(_file);
        for (long offset = 0; offset + EntryBytes <= length; offset += EntryBytes)
        {
            if (RandomAccess.Read(_file, entry, offset) != EntryBytes || !TryRead(entry, out var key, out var expiryMs))
                continue;
            _entriesInFile = offset / EntryBytes + 1;
            if (expiryMs > NowMs())
                Remember(key, expiryMs);
        }

        // Torn and damaged entries at the end are covered by the next ones.
        _roomInFile = length / EntryBytes;
    }

    // Written, not merely allotted: a hole would need its space later.
    private void Reserve_NeedsLock()
    {
        var wanted = _entriesInFile + ReserveEntries;
        if (_roomInFile >= wanted)
            return;
        RandomAccess.Write(_file, new byte[(wanted - _roomInFile) * EntryBytes], _roomInFile * EntryBytes);
        _roomInFile = wanted;
    }

    private void Remember(SeenKey key, long expiryMs)
    {
        if (_expiryMs.TryAdd(key, expiryMs))
            _order.Enqueue(key);
        else
            _expiryMs[key] = Math.Max(_expiryMs[key], expiryMs);
        if (_expiryMs.Count > Capacity && _order.TryDequeue(out var oldest))
            _expiryMs.Remove(oldest);
    }

    // Looks at the oldest only: an entry that lives long delays the others, within the capacity.
    private void DropExpired()
    {
        var now = NowMs();
        while (_order.TryPeek(out var oldest) && _expiryMs[oldest] <= now)
            _expiryMs.Remove(_order.Dequeue());
    }

    private void Compact()
    {
        var temporary = _path + ".new";
        File.Delete(temporary);
        var file = Open(temporary);
        try
        {
            var entries = new byte[(_order.Count + ReserveEntries) * EntryBytes];
            var position = 0;
            foreach (var key in _order)
            {
                Write(entries.AsSpan(position, EntryBytes), key, _expiryMs[key]);
                position += EntryBytes;
            }

            RandomAccess.Write(file, entries, 0);
            File.Move(temporary, _path, overwrite: true);
        }
        catch
        {
            file.Dispose();
            File.Delete(temporary);
            throw;
        }

        _file.Dispose();
        _file = file;
        _entriesInFile = _order.Count;
        _roomInFile = _order.Count + ReserveEntries;
    }

    private static SafeFileHandle Open(string path)
    {
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static void Write(Span<byte> entry, SeenKey key, long expiryMs)
    {
        BinaryPrimitives.WriteInt64LittleEndian(entry, key.Second);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], key.Random);
        BinaryPrimitives.WriteInt32LittleEndian(entry[12..], key.Ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], expiryMs);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[ChecksumOffset..], Sum(entry));
    }

    private static bool TryRead(ReadOnlySpan<byte> entry, out SeenKey key, out long expiryMs)
    {
        key = new SeenKey(
            BinaryPrimitives.ReadInt64LittleEndian(entry),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(entry[12..]));
        expiryMs = BinaryPrimitives.ReadInt64LittleEndian(entry[16..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(entry[ChecksumOffset..]) == Sum(entry);
    }

    private static uint Sum(ReadOnlySpan<byte> entry)
    {
        var sum = uint.MaxValue;
        for (var i = 0; i < ChecksumOffset; i += sizeof(ulong))
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(entry[i..]));
        return ~sum;
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
