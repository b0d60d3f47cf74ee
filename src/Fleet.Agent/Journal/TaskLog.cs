using System.Buffers;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Journal;

/// <summary>
/// One task's records in its own file. A record counts as kept once write(2) has taken it: that outlives this process,
/// and what dies with the host is told apart by the boot id.
/// </summary>
/// <remarks>
/// For all threads. The file is open only while the task runs, and while somebody reads it. What a task did and how it ended is told
/// even where the disk takes nothing more (<see cref="Keep"/>): those few small records then stand in memory, behind all that is in
/// the file, until the disk takes them or the controller has them.
/// </remarks>
internal sealed class TaskLog : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Lock _gate = new();
    private readonly JournalUsage _usage;
    private readonly string? _path;
    private readonly string _idText;
    private readonly FreshRecords _fresh;

    // Bounded by the steps that a task may have: two small records for each, and its end.
    private readonly List<TaskRecord> _inMemory = [];
    private SafeFileHandle? _file;
    private ulong _lastInFile;
    private ulong _lastRecovered;
    private long _firstRecordBytes;
    private bool _isRecovered;
    private bool _isOfThisBoot = true;
    private TaskRecord? _end;
    private string _damage = "";

    private TaskLog(TaskId id, string? path, DateTimeOffset seenUntil, JournalUsage usage)
    {
        Id = id;
        _idText = id.ToString();
        SeenUntil = seenUntil;
        _path = path;
        _usage = usage;
        _fresh = new FreshRecords(usage.Fresh);
    }

    /// <summary>The task.</summary>
    public TaskId Id { get; }

    /// <summary>Until when the task's id is remembered after its end.</summary>
    public DateTimeOffset SeenUntil { get; }

    /// <summary>The last record written; 0 where there is none.</summary>
    public ulong LastSeq { get; private set; }

    /// <summary>The last record that the controller is known to have stored.</summary>
    public ulong AcknowledgedSeq { get; private set; }

    /// <summary>Whether the task's end is written: nothing follows it.</summary>
    public bool HasEnded => _end is not null;

    /// <summary>Length of the file.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether records wait for the disk.</summary>
    public bool WaitsForDisk
    {
        get
        {
            lock (_gate)
                return _path is not null && _inMemory.Count > 0;
        }
    }

    /// <summary>Makes the file of a task that is about to start.</summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public static TaskLog Create(TaskId id, string path, TaskLogHeader header, JournalUsage usage)
    {
        var log = new TaskLog(id, path, header.SeenUntil, usage);
        log._file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            File.SetUnixFileMode(log._file, OwnerOnly);
            log.Write(FrameKind.Header, header.ToBytes());
            return log;
        }
        catch
        {
            log.Delete();
            throw;
        }
    }

    /// <summary>Makes the log of a task that will not start, and for which the disk has no room: all of it stays in memory.</summary>
    public static TaskLog InMemory(TaskId id, DateTimeOffset seenUntil, JournalUsage usage) => new(id, null, seenUntil, usage);

    /// <summary>Takes up a file that an earlier process left.</summary>
    /// <param name="found">What recovery read from it.</param>
    /// <param name="path">The file, already cut to its intact part.</param>
    /// <param name="isOfThisBoot">Whether the host has not been started anew since.</param>
    /// <param name="usage">Counts the file's length.</param>
    public static TaskLog Reopen(RecoveredLog found, string path, bool isOfThisBoot, JournalUsage usage)
    {
        usage.Add(found.IntactBytes);
        return new TaskLog(found.Id, path, found.Header.SeenUntil, usage)
        {
            LastSeq = found.LastSeq,
            Bytes = found.IntactBytes,
            _lastInFile = found.LastSeq,
            _lastRecovered = found.LastSeq,
            _firstRecordBytes = found.FirstRecordBytes,
            _isRecovered = true,
            _isOfThisBoot = isOfThisBoot,
            _end = found.End,
            _damage = found.IsDamaged && isOfThisBoot ? DamagedBehind(found.LastSeq) : "",
        };
    }

    /// <summary>Numbers the record, fills in the task's id, and writes it.</summary>
    /// <exception cref="IOException">Nothing was written (the disk may be full); the same record may be tried again.</exception>
    public void Append(TaskRecord record)
    {
        lock (_gate)
        {
            Prepare_NeedsLock(record);
            WriteInMemory_NeedsLock();
            Append_NeedsLock(record);
        }
    }

    /// <summary>As <see cref="Append(TaskRecord)"/>, but where the disk does not take it the record stays in memory. For few and small records.</summary>
    /// <returns>What went wrong with the disk; null where nothing did.</returns>
    public Exception? Keep(TaskRecord record)
    {
        lock (_gate)
        {
            Prepare_NeedsLock(record);
            return Keep_NeedsLock(record);
        }
    }

    /// <summary>Writes what waits for the disk.</summary>
    /// <exception cref="IOException">It still waits.</exception>
    public void WriteInMemory()
    {
        lock (_gate)
            WriteInMemory_NeedsLock();
    }

    /// <summary>Notes a process of the task, so that a later agent process finds it.</summary>
    /// <exception cref="IOException">Nothing was written.</exception>
    public void Append(TaskLeader leader)
    {
        lock (_gate)
            Write(FrameKind.Leader, leader.ToBytes());
    }

    /// <summary>Reads records behind a position until they have <paramref name="wantedBytes"/> bytes or there are no more.</summary>
    /// <remarks>
    /// Where the file is damaged, what is behind the damage is given up: the log goes on behind the last record that could be read, and
    /// its end says so.
    /// </remarks>
    /// <returns>The bytes read; 0 where there was nothing.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public int Read(ref LogPosition position, int wantedBytes, ICollection<TaskRecord> into)
    {
        lock (_gate)
        {
            var bytes = _fresh.Take(ref position, wantedBytes, into);
            if (bytes > 0)
                return bytes;
            // Once more where the first look found damage: what is behind it was replaced by then.
            for (var look = 0; look < 2 && bytes == 0 && position.Seq < _lastInFile && Bytes > 0; look++)
                bytes = ReadFile_NeedsLock(ref position, wantedBytes, into);
            if (position.Seq >= _lastInFile)
                bytes += ReadMemory_NeedsLock(ref position, wantedBytes - bytes, into);
            return bytes;
        }
    }

    /// <summary>Notes what the controller has stored; true when that is all there will ever be.</summary>
    public bool Acknowledge(ulong seq)
    {
        lock (_gate)
        {
            AcknowledgedSeq = Math.Max(AcknowledgedSeq, Math.Min(seq, LastSeq));
            return HasEnded && AcknowledgedSeq == LastSeq;
        }
    }

    /// <summary>
    /// Gives the disk back all of a delivered log but what says that the task has started: should this process end before the file is
    /// deleted, the next one must not take the task for one that never ran.
    /// </summary>
    /// <exception cref="IOException">Nothing was given back.</exception>
    public void Shrink()
    {
        lock (_gate)
        {
            if (_path is null || _firstRecordBytes == 0 || Bytes <= _firstRecordBytes)
                return;
            Close();
            using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.SetLength(file, _firstRecordBytes);
            _usage.Add(_firstRecordBytes - Bytes);
            Bytes = _firstRecordBytes;
        }
    }

    /// <summary>Removes the file.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            Close();
            if (_path is not null)
                File.Delete(_path);
            _usage.Add(-Bytes);
            Bytes = 0;
            _inMemory.Clear();
            _fresh.Clear();
        }
    }

    /// <summary>Keeps nothing in memory any longer: there is no link that would take it.</summary>
    public void DropFresh()
    {
        lock (_gate)
            _fresh.Clear();
    }

    /// <summary>
    /// Goes on behind a record that the controller has and this file lost: what follows under a number that the controller has already
    /// would be taken for a repeat. Does nothing where all that the controller has may have come from here.
    /// </summary>
    /// <remarks>
    /// Where an earlier process had lost records, a later one gave the task its end under the number of one of them. Such an end looks
    /// delivered and is not: it is sent once more, behind what the controller has. Where the controller did have it, it drops it as late.
    /// </remarks>
    public void ContinueBehind(ulong storedSeq)
    {
        lock (_gate)
        {
            if (storedSeq < LastSeq || (storedSeq == LastSeq && !(_isRecovered && HasEnded)))
                return;
            if (storedSeq > _lastRecovered && _isRecovered && _isOfThisBoot && _damage.Length == 0)
                _damage = DamagedBehind(_lastRecovered);
            GoOnBehind_NeedsLock(storedSeq);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private static string DamagedBehind(ulong seq) => $"the agent's journal of the task is damaged behind record {seq}, what stood there is lost";

    private void Prepare_NeedsLock(TaskRecord record)
    {
        if (HasEnded)
            throw new InvalidOperationException($"task {Id} has ended: nothing can follow in its journal");
        record.TaskId = _idText;
        if (_damage.Length > 0 && record.EntryCase == TaskRecord.EntryOneofCase.Ended && !record.Ended.Reason.Contains(_damage, StringComparison.Ordinal))
            record.Ended.Reason = record.Ended.Reason.Length == 0 ? _damage : $"{record.Ended.Reason}; {_damage}";
    }

    private void Append_NeedsLock(TaskRecord record)
    {
        if (_path is null)
            throw new IOException("the task has no file");
        record.Seq = LastSeq + 1;
        var before = Bytes;
        Write(record);
        _lastInFile = record.Seq;
        if (_firstRecordBytes == 0)
            _firstRecordBytes = Bytes;
        _fresh.Offer(record, Bytes, (int)(Bytes - before));
        Added_NeedsLock(record);
    }

    private Exception? Keep_NeedsLock(TaskRecord record)
    {
        try
        {
            WriteInMemory_NeedsLock();
            Append_NeedsLock(record);
            return null;
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            record.Seq = LastSeq + 1;
            _inMemory.Add(record);
            Added_NeedsLock(record);
            return _path is null ? null : e;
        }
    }

    private void Added_NeedsLock(TaskRecord record)
    {
        LastSeq = record.Seq;
        if (record.EntryCase != TaskRecord.EntryOneofCase.Ended)
            return;
        _end = record;
        if (_inMemory.Count == 0)
            Close();
    }

    private void WriteInMemory_NeedsLock()
    {
        while (_path is not null && _inMemory is [var next, ..])
        {
            Write(next);
            _lastInFile = next.Seq;
            _inMemory.RemoveAt(0);
            if (_inMemory.Count == 0 && HasEnded)
                Close();
        }
    }

    // Whatever is not sent by now never will be, except for the end.
    private void GoOnBehind_NeedsLock(ulong seq)
    {
        var end = _end;
        _end = null;
        _fresh.Clear();
        _inMemory.Clear();
        LastSeq = _lastInFile = seq;
        if (end is null)
            return;
        // A message that is being sent must not change under its writer's hands.
        end = end.Clone();
        Prepare_NeedsLock(end);
        _ = Keep_NeedsLock(end);
    }

    private void GiveUpBehind_NeedsLock(long offset, ulong seq)
    {
        _damage = DamagedBehind(seq);
        _usage.Add(offset - Bytes);
        Bytes = offset;
        GoOnBehind_NeedsLock(seq);
    }

    private int ReadMemory_NeedsLock(ref LogPosition position, int wantedBytes, ICollection<TaskRecord> into)
    {
        var total = 0;
        foreach (var record in _inMemory)
        {
            if (total >= wantedBytes)
                break;
            if (record.Seq <= position.Seq)
                continue;
            into.Add(record);
            total += record.CalculateSize();
            position = position with { Seq = record.Seq };
        }

        return total;
    }

    private int ReadFile_NeedsLock(ref LogPosition position, int wantedBytes, ICollection<TaskRecord> into)
    {
        using var file = File.OpenHandle(_path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var frames = new FrameReader(file, position.Offset, Bytes);
        var total = 0;
        while (total < wantedBytes && position.Seq < _lastInFile)
        {
            if (!frames.TryRead())
            {
                GiveUpBehind_NeedsLock(frames.Offset, position.Seq);
                break;
            }

            if (frames.Frame.Kind != FrameKind.Record || frames.Frame.Seq <= position.Seq)
                continue;
            into.Add(TaskRecord.Parser.ParseFrom(frames.Payload));
            total += frames.Frame.PayloadBytes;
            position = new LogPosition(frames.Offset, frames.Frame.Seq);
        }

        return total;
    }

    private void Write(TaskRecord record)
    {
        var length = JournalFrame.HeadBytes + record.CalculateSize();
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        record.WriteTo(buffer.AsSpan(JournalFrame.HeadBytes, length - JournalFrame.HeadBytes));
        Write(buffer, length, FrameKind.Record, record.Seq);
    }

    private void Write(FrameKind kind, byte[] payload)
    {
        var length = JournalFrame.HeadBytes + payload.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        payload.CopyTo(buffer, JournalFrame.HeadBytes);
        Write(buffer, length, kind, 0);
    }

    private void Write(byte[] buffer, int length, FrameKind kind, ulong seq)
    {
        try
        {
            if (length > JournalFrame.HeadBytes + JournalFrame.MaxPayloadBytes)
                throw new ArgumentException($"a frame of {length} bytes is longer than a journal takes");
            JournalFrame.Seal(buffer.AsSpan(0, length), kind, seq);
            _file ??= File.OpenHandle(_path!, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.Write(_file, buffer.AsSpan(0, length), Bytes);
            Bytes += length;
            _usage.Add(length);
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            // What it may have written would be read as damage, and takes space that somebody else could use.
            CutTo(Bytes);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void CutTo(long length)
    {
        try
        {
            if (_file is not null)
                RandomAccess.SetLength(_file, length);
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            // It stands behind Bytes, where the next write covers it.
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
