using System.Buffers.Binary;
using Fleet.LogSearch.Journal;

namespace Fleet.LogSearch.Scans;

/// <summary>One step of reading a journal: so many entries at most, of one file after the other.</summary>
internal sealed class JournalTurn(string source, string cursor, JournalEntryReader reader, Dictionary<string, long> copied, int entries)
{
    private int _left = entries;

    /// <summary>That of the entry read last.</summary>
    public string Cursor { get; private set; } = cursor;

    public long BytesRead { get; private set; }

    public bool IsSpent => _left <= 0;

    /// <summary>The position behind an entry.</summary>
    public static JournalPosition PositionBehind(JournalFile file, long entry, long entries)
    {
        ReadOnlySpan<byte> head = file.At(entry, 64);
        return new JournalPosition(
            file.FileId,
            file.SequenceId,
            entries,
            BinaryPrimitives.ReadInt64LittleEndian(head[16..]),
            Convert.ToHexStringLower(head.Slice(40, 16)),
            BinaryPrimitives.ReadInt64LittleEndian(head[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[24..]),
            file.IsArchived && entries == file.EntryCount);
    }

    /// <summary>What is damaged; empty when nothing is.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Hands on what a file holds behind a position.</summary>
    public JournalPosition Read(JournalFile file, JournalPosition position, IScanSink sink, CancellationToken cancel)
    {
        if (IsSpent || position.Entries >= file.EntryCount)
        {
            return position with { IsDone = file.IsArchived && position.Entries >= file.EntryCount };
        }

        reader.Begin(file);
        long read = position.Entries, last = 0;
        bool isNew = read == 0;
        try
        {
            foreach (long entry in file.EntriesAfter(position.Entries))
            {
                if (IsSpent)
                {
                    break;
                }

                cancel.ThrowIfCancellationRequested();
                BytesRead += file.SizeOf(entry, JournalObjectKind.Entry);
                if (!isNew || !WasRead(file, entry))
                {
                    reader.Offer(entry, source, sink);
                }

                (last, read) = (entry, read + 1);
                _left--;
            }
        }
        catch (InvalidDataException damage)
        {
            // What was read before it counts; behind it nothing can be found.
            Fault = damage.Message;
        }

        if (last == 0)
        {
            return position;
        }

        Cursor = JournalCursor.Of(file, last);
        return PositionBehind(file, last, read);
    }

    /// <summary>Whether an entry was read from the volatile journal already, before it was copied here.</summary>
    private bool WasRead(JournalFile file, long entry)
    {
        if (copied.Count == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> head = file.At(entry, 64);
        return copied.TryGetValue(Convert.ToHexStringLower(head.Slice(40, 16)), out long monotonic)
            && BinaryPrimitives.ReadInt64LittleEndian(head[32..]) <= monotonic;
    }
}
