using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Fleet.Storage.LiteDb;

/// <summary>
/// The log of a LiteDB database, in a file format of its own. LiteDB writes the pages of a transaction here when it commits, the last one
/// marked as the one that confirms it, and never flushes them: a commit that has returned may be lost with the power, or in part.
/// Here the page that confirms is on the disk, with all before it, when its write returns; only then LiteDB lets readers see the transaction.
/// </summary>
/// <remarks>
/// Each record is a page after a check value over it and the record before. Records count as far as the check values are right, and of those
/// as far as the last page that confirms: a write that was torn, or reached the disk out of order, ends the log there, and nothing that was
/// acknowledged lies behind it. Each time the log is emptied the chain begins with another number, so that no record of an earlier time fits.
/// A write never throws: LiteDB leaves a commit in which one did in a state that its finalizer ends the process over. What could not be written
/// is kept in memory until the writer, which asks after each commit, begins anew with what is in the files.
/// </remarks>
internal sealed class LogStream : PageStream
{
    /// <summary>Where the records begin: the header has a sector of its own.</summary>
    public const int HeaderBytes = 4096;

    /// <summary>Bytes of a record.</summary>
    public const int RecordBytes = CheckBytes + PageSize;

    private const int CheckBytes = sizeof(ulong);
    private const int ConfirmedFlag = 18; // BasePage.P_IS_CONFIRMED
    private const int FormatVersion = 1;
    private const int VersionAt = 8;
    private const int SeedAt = 16;
    private const int HeaderCheckAt = 32; // over an even number of words
    private const int HeaderLength = 40;

    private readonly DiskFile file;
    private readonly string path;
    private readonly List<ulong> checks = [];
    private readonly byte[] record = new byte[RecordBytes];
    private readonly Dictionary<int, byte[]> unwritten = [];
    private volatile IOException? failure;
    private ulong seed;
    private int confirmed;

    private LogStream(DiskFile file, string path)
    {
        this.file = file;
        this.path = path;
    }

    private static ReadOnlySpan<byte> Magic => "FLEETLOG"u8;

    public override long Length => (long)checks.Count * PageSize;

    /// <summary>Pages in the log.</summary>
    public int Pages => checks.Count;

    /// <summary>Times that this stream waited for the disk.</summary>
    public long Flushes { get; private set; }

    /// <summary>Why what was written since is not on the disk; null where it is.</summary>
    public IOException? Failure => failure;

    /// <summary>Reads the log; of one that has no header yet it makes an empty one where it may be written.</summary>
    /// <exception cref="StoreException">It is no log, or of a newer Fleet.</exception>
    public static LogStream Open(DiskFile file, string path, bool writable)
    {
        var log = new LogStream(file, path);
        if (!log.ReadHeader())
        {
            if (writable)
                log.BeginAnew();
            return log;
        }

        log.ReadRecords();
        return log;
    }

    /// <summary>LiteDB calls it with zero, when all of the log is in the database file and on the disk.</summary>
    public override void SetLength(long value)
    {
        if (value != 0)
            throw new NotSupportedException("the log is emptied or grows");
        BeginAnew();
    }

    /// <summary>Nothing to do: what confirms a transaction has been flushed, and the rest need not be.</summary>
    public override void Flush()
    {
    }

    protected override int ReadAt(Span<byte> bytes, long place)
    {
        var index = IndexOf(place, bytes.Length);
        if (index >= checks.Count)
            return 0;
        if (unwritten.TryGetValue(index, out var page))
        {
            page.CopyTo(bytes);
            return bytes.Length;
        }

        ReadRecord(index);
        if (Check(Before(index), record.AsSpan(CheckBytes)) != checks[index])
            throw new StoreException(StoreFault.Corrupt, $"the log {path} is damaged at page {index}: stop the controller and restore a backup");
        record.AsSpan(CheckBytes).CopyTo(bytes);
        return bytes.Length;
    }

    protected override void WriteAt(ReadOnlySpan<byte> bytes, long place)
    {
        var index = IndexOf(place, bytes.Length);
        if (index != checks.Count)
            throw new InvalidOperationException($"page {index} of the log cannot follow page {checks.Count - 1}");
        var check = Check(Before(index), bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(record, check);
        bytes.CopyTo(record.AsSpan(CheckBytes));
        checks.Add(check);
        if (failure is not null)
        {
            unwritten.Add(index, bytes.ToArray());
            return;
        }

        try
        {
            file.Write(record, PlaceOf(index));
            if (bytes[ConfirmedFlag] == 0)
                return;
            FlushFile();
            confirmed = checks.Count;
        }
        catch (IOException e)
        {
            failure = e;
            unwritten.Add(index, bytes.ToArray());
        }
    }

    /// <summary>Takes back, as far as that is possible, what was written of a transaction that failed: nobody was told that it is there.</summary>
    public void TryDropUnconfirmed()
    {
        try
        {
            file.SetLength(PlaceOf(confirmed));
            FlushFile();
        }
        catch (IOException)
        {
            // The disk is failing. At the next opening it is there or not, as after a crash before the answer.
        }
    }

    private static int IndexOf(long place, int length) => length == PageSize && place % PageSize == 0
        ? (int)(place / PageSize)
        : throw new NotSupportedException("the log is read and written by pages");

    private static long PlaceOf(int index) => HeaderBytes + ((long)index * RecordBytes);

    // Two lanes of CRC-32C, each over every other word: one instruction a word, and 64 bits that a torn or stale page does not match.
    private static ulong Check(ulong before, ReadOnlySpan<byte> page)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(page);
        var (even, odd) = ((uint)before, (uint)(before >> 32));
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            even = BitOperations.Crc32C(even, words[i]);
            odd = BitOperations.Crc32C(odd, words[i + 1]);
        }

        return even | ((ulong)odd << 32);
    }

    private ulong Before(int index) => index == 0 ? seed : checks[index - 1];

    private void FlushFile()
    {
        file.Flush();
        Flushes++;
    }

    // The new number is on the disk before anything is written after it: else the records of the time before could come back in part, and
    // put pages back to what they were, beside others that stay.
    private void BeginAnew()
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(number);
        number[0] |= 1;
        number[4] |= 1;
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[VersionAt..], FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(header[(VersionAt + 4)..], PageSize);
        number.CopyTo(header[SeedAt..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[HeaderCheckAt..], Check(ulong.MaxValue, header[..HeaderCheckAt]));
        file.Write(header, 0);
        file.SetLength(HeaderBytes);
        FlushFile();
        seed = BinaryPrimitives.ReadUInt64LittleEndian(number);
        checks.Clear();
        confirmed = 0;
    }

    // False where there is none: the file is new, or the machine stopped while it was made.
    private bool ReadHeader()
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        if (file.Read(header, 0) < HeaderLength || !header.ContainsAnyExcept((byte)0))
        {
            return file.Length <= HeaderBytes
                ? false
                : throw new StoreException(StoreFault.Corrupt, $"the log {path} has no header: stop the controller and restore a backup");
        }

        if (!header.StartsWith(Magic))
            throw new StoreException(StoreFault.Corrupt, $"{path} is not a log of a Fleet store: restore a backup");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header[VersionAt..]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header[HeaderCheckAt..]) != Check(ulong.MaxValue, header[..HeaderCheckAt]))
            throw new StoreException(StoreFault.Corrupt, $"the log {path} has a damaged header: stop the controller and restore a backup");
        if (version > FormatVersion)
        {
            throw new StoreException(
                StoreFault.NewerSchema, $"the log {path} has format {version}, but this Fleet knows formats up to {FormatVersion}: run the Fleet that wrote it");
        }

        seed = BinaryPrimitives.ReadUInt64LittleEndian(header[SeedAt..]);
        return true;
    }

    private void ReadRecords()
    {
        var whole = (int)Math.Max(0, (file.Length - HeaderBytes) / RecordBytes);
        for (var index = 0; index < whole; index++)
        {
            ReadRecord(index);
            var check = Check(Before(index), record.AsSpan(CheckBytes));
            if (check != BinaryPrimitives.ReadUInt64LittleEndian(record))
                break;
            checks.Add(check);
            if (record[CheckBytes + ConfirmedFlag] != 0)
                confirmed = checks.Count;
        }

        checks.RemoveRange(confirmed, checks.Count - confirmed);
    }

    private void ReadRecord(int index)
    {
        if (file.Read(record, PlaceOf(index)) != RecordBytes)
            throw new StoreException(StoreFault.Corrupt, $"the log {path} ends within page {index}: stop the controller and restore a backup");
    }
}
