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
/// <remarks>For all threads. The file is open only while the task runs, and while somebody reads it.</remarks>
internal sealed class TaskLog : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly Lock _gate = new();
    private readonly JournalUsage _usage;
    private readonly string _path;
    private readonly string _idText;
    private readonly FreshRecords _fresh;
    private SafeFileHandle? _file;

    private TaskLog(TaskId id, string path, DateTimeOffset seenUntil, JournalUsage usage)
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
    public bool HasEnded { get; private set; }

    /// <summary>Length of the file.</summary>
    public long Bytes { get; private set; }

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

    /// <summary>Takes up a file that an earlier process left.</summary>
    /// <param name="found">What recovery read from it.</param>
    /// <param name="path">The file, already cut to its intact part.</param>
    /// <param name="usage">Counts the file's length.</param>
    public static TaskLog Reopen(RecoveredLog found, string path, JournalUsage usage)
    {
        usage.Add(found.IntactBytes);
        return new TaskLog(found.Id, path, found.Header.SeenUntil, usage)
        {
            LastSeq = found.LastSeq,
            HasEnded = found.HasEnded,
            Bytes = found.IntactBytes,
        };
    }

    /// <summary>Numbers the record, fills in the task's id, and writes it.</summary>
    /// <exception cref="IOException">Nothing was written (the disk may be full); the same record may be tried again.</exception>
    public void Append(TaskRecord record)
    {
        lock (_gate)
        {
            if (HasEnded)
                throw new InvalidOperationException($"task {Id} has ended: nothing can follow in its journal");
            record.TaskId = _idText;
            record.Seq = LastSeq + 1;
            var before = Bytes;
            Write(record);
            LastSeq = record.Seq;
            _fresh.Offer(record, Bytes, (int)(Bytes - before));
            if (record.EntryCase == TaskRecord.EntryOneofCase.Ended)
            {
                HasEnded = true;
                Close();
            }
        }
    }

    /// <summary>Notes a process of the task, so that a later agent process finds it.</summary>
    /// <exception cref="IOException">Nothing was written.</exception>
    public void Append(TaskLeader leader)
    {
        lock (_gate)
            Write(FrameKind.Leader, leader.ToBytes());
    }

    /// <summary>Reads records behind a position until they have <paramref name="wantedBytes"/> bytes or there are no more.</summary>
    /// <returns>The bytes read; 0 where there was nothing.</returns>
    /// <exception cref="IOException">The file cannot be read, or is damaged within what was written.</exception>
    public int Read(ref LogPosition position, int wantedBytes, ICollection<TaskRecord> into)
    {
        lock (_gate)
        {
            var bytes = _fresh.Take(ref position, wantedBytes, into);
            if (bytes > 0)
                return bytes;
            return position.Seq >= LastSeq || Bytes == 0 ? 0 : ReadFile(ref position, wantedBytes, into);
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

    /// <summary>Removes the file.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            Close();
            File.Delete(_path);
            _usage.Add(-Bytes);
            Bytes = 0;
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
    /// Goes on behind a record that the controller has and this file lost with the host: what follows under a number that
    /// the controller has already would be taken for a repeat. Does nothing where the file reaches as far.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public void ContinueBehind(ulong storedSeq)
    {
        lock (_gate)
        {
            if (storedSeq <= LastSeq)
                return;
            var last = HasEnded ? ReadLast() : null;
            LastSeq = storedSeq;
            HasEnded = false;
            _fresh.Clear();
            if (last is not null)
                Append(last);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private TaskRecord? ReadLast()
    {
        var position = new LogPosition(0, LastSeq - 1);
        var records = new List<TaskRecord>();
        ReadFile(ref position, 1, records);
        return records.LastOrDefault();
    }

    private int ReadFile(ref LogPosition position, int wantedBytes, ICollection<TaskRecord> into)
    {
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var frames = new FrameReader(file, position.Offset, Bytes);
        var total = 0;
        while (total < wantedBytes && position.Seq < LastSeq)
        {
            if (!frames.TryRead())
                throw new IOException($"{_path} is damaged at byte {frames.Offset}, behind record {position.Seq}");
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
            _file ??= File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            // What a failed write may have left behind Bytes is torn by its checksum, and the next write covers it.
            RandomAccess.Write(_file, buffer.AsSpan(0, length), Bytes);
            Bytes += length;
            _usage.Add(length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
