using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Journal;

/// <summary>What the intact part of a task's file says.</summary>
/// <param name="Id">The task.</param>
/// <param name="Header">The file's first frame.</param>
/// <param name="LastSeq">The last record.</param>
/// <param name="End">The task's end, where that is the last record; else null.</param>
/// <param name="FirstAtMs">Time of the first record, Unix milliseconds; 0 where there is none.</param>
/// <param name="LastAtMs">Time of the last record.</param>
/// <param name="Leaders">Processes of the task, in the order of their start.</param>
/// <param name="IntactBytes">Length of the intact part.</param>
/// <param name="FirstRecordBytes">Length of the file up to the end of its first record; 0 where there is none.</param>
internal sealed record RecoveredLog(
    TaskId Id,
    TaskLogHeader Header,
    ulong LastSeq,
    TaskRecord? End,
    long FirstAtMs,
    long LastAtMs,
    IReadOnlyList<TaskLeader> Leaders,
    long IntactBytes,
    long FirstRecordBytes)
{
    /// <summary>Whether <see cref="End"/> is there.</summary>
    public bool HasEnded => End is not null;

    /// <summary>Whether records stood behind the intact part that are damaged; what was merely not written to its end does not count.</summary>
    public bool IsDamaged { get; private init; }

    /// <summary>Reads a file; null where not even its header is intact, which means that its task never started.</summary>
    /// <remarks>A file is read up to the first frame that is torn, damaged, or out of order.</remarks>
    public static RecoveredLog? Read(TaskId id, SafeFileHandle file)
    {
        using var frames = new FrameReader(file, 0, RandomAccess.GetLength(file));
        if (!frames.TryRead() || frames.Frame.Kind != FrameKind.Header || TaskLogHeader.Read(frames.Payload) is not { } header)
            return null;

        var log = new RecoveredLog(id, header, 0, null, 0, 0, [], frames.Offset, 0);
        var leaders = new List<TaskLeader>();
        var isInOrder = true;
        while (isInOrder && frames.TryRead())
        {
            if (log.TryAdd(frames, leaders) is { } longer)
                log = longer with { IntactBytes = frames.Offset, FirstRecordBytes = log.LastSeq == 0 && longer.LastSeq > 0 ? frames.Offset : log.FirstRecordBytes };
            else
                isInOrder = false;
        }

        return log with { Leaders = leaders, IsDamaged = frames.IsDamaged || !isInOrder };
    }

    private RecoveredLog? TryAdd(FrameReader frames, List<TaskLeader> leaders)
    {
        if (frames.Frame.Kind == FrameKind.Leader && TaskLeader.Read(frames.Payload) is { } leader)
        {
            leaders.Add(leader);
            return this;
        }

        if (frames.Frame.Kind != FrameKind.Record || frames.Frame.Seq <= LastSeq || ParseOrNull(frames.Payload) is not { } record)
            return null;
        return record.Seq != frames.Frame.Seq ? null : this with
        {
            LastSeq = record.Seq,
            End = record.EntryCase == TaskRecord.EntryOneofCase.Ended ? record : null,
            FirstAtMs = LastSeq == 0 ? record.AtMs : FirstAtMs,
            LastAtMs = record.AtMs,
        };
    }

    private static TaskRecord? ParseOrNull(ReadOnlySpan<byte> payload)
    {
        try
        {
            return TaskRecord.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
