using System.Buffers.Binary;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Journal;

/// <summary>An entry that matches.</summary>
/// <param name="Microseconds">Its time since 1970.</param>
/// <param name="File">Which file it is in.</param>
/// <param name="Entry">Where in it.</param>
/// <param name="Message">Where its MESSAGE is, or 0.</param>
/// <param name="Patterns">The patterns that match.</param>
internal readonly record struct JournalHit(long Microseconds, int File, long Entry, long Message, ulong Patterns);

/// <summary>Finds the entries of journal files that match.</summary>
/// <remarks>
/// A journal stores each distinct message once, with a list of the entries that have it. So the data objects are tried in one pass over the
/// file, each once, and only the entries of those that match are visited; walking entry by entry, as journalctl does, jumps about twenty times
/// for each. Only for a short window it is cheaper to walk.
/// </remarks>
internal sealed class JournalScan(PreparedQuery prepared, SearchBudget budget, List<JournalFile> files)
{
    private const int ChunkBytes = 1024 * 1024;
    private const int MostHits = 1_000_000;
    private const int MostRemembered = 200_000;
    private const int WorthScanning = 16;

    private readonly JournalConditions _conditions = new(prepared.Query.JournalFields);
    private readonly List<(long Object, ulong Patterns)> _messages = [];
    private readonly Dictionary<long, bool> _isMessage = [];
    private readonly byte[] _chunk = new byte[ChunkBytes];

    public JournalPayload Payload { get; } = new();

    public List<JournalHit> Hits { get; } = [];

    public long BytesRead { get; private set; }

    /// <summary>Whether patterns decide by themselves which messages to visit.</summary>
    private bool MessagesLead => prepared.Patterns.Patterns.Count > 0 && prepared.Query.Sense == MatchSense.Matching;

    public SearchEnd Run(List<string> notes)
    {
        for (int i = 0; i < files.Count; i++)
        {
            try
            {
                SearchEnd end = MessagesLead && !IsShortWindow(files[i]) ? ScanMessages(i) : WalkEntries(i);
                if (end != SearchEnd.Complete)
                {
                    return Finish(end);
                }
            }
            catch (InvalidDataException fault)
            {
                notes.Add(fault.Message);
            }
        }

        return Finish(SearchEnd.Complete);
    }

    /// <summary>The text of a hit; valid until the next call.</summary>
    public ReadOnlySpan<byte> MessageOf(JournalFile file, JournalHit hit) => hit.Message == 0 ? [] : Payload.Open(file, hit.Message)["MESSAGE=".Length..];

    private SearchEnd Finish(SearchEnd end)
    {
        Hits.Sort(JournalContext.Compare);
        return end;
    }

    private bool IsShortWindow(JournalFile file)
    {
        long since = Microseconds(prepared.Query.Window.Since) ?? file.Times.First;
        long until = Math.Min(Microseconds(prepared.Query.Window.Until) ?? file.Times.Last, file.Times.Last);
        return (until - since) < (file.Times.Last - file.Times.First) / WorthScanning;
    }

    private SearchEnd ScanMessages(int index)
    {
        JournalFile file = files[index];
        _messages.Clear();
        _conditions.Clear();
        // 1. Every data object is tried once, in the order of the file.
        if (Scan(file) is { } stop)
        {
            return stop;
        }

        // 2. The entries that have a matching one are visited.
        foreach ((long message, ulong patterns) in _messages)
        {
            file.SizeOf(message, JournalObjectKind.Data);
            ReadOnlySpan<byte> data = file.At(message, 64);
            long first = BinaryPrimitives.ReadInt64LittleEndian(data[40..]);
            long array = BinaryPrimitives.ReadInt64LittleEndian(data[48..]);
            long count = BinaryPrimitives.ReadInt64LittleEndian(data[56..]);
            if (first == 0)
            {
                // Written, but its entry not yet.
                continue;
            }

            foreach (long entry in file.Entries(array, count - 1).Prepend(first))
            {
                if (!Visit(index, entry, message, patterns))
                {
                    return SearchEnd.MatchLimit;
                }
            }
        }

        return SearchEnd.Complete;
    }

    private SearchEnd? Scan(JournalFile file)
    {
        long at = file.FirstObject;
        long read = 0;
        int filled = 0, place = 0;
        while (at <= file.LastObject)
        {
            // Each turn of the buffer starts at an object.
            if (filled - place < JournalFile.ObjectHeaderBytes)
            {
                (filled, place) = (file.Read(_chunk, at), 0);
                read += filled;
                BytesRead += filled;
                if (filled < JournalFile.ObjectHeaderBytes)
                {
                    throw file.Damaged(at);
                }

                if (budget.Stop(BytesRead) is { } stop)
                {
                    return stop;
                }
            }

            long size = BinaryPrimitives.ReadInt64LittleEndian(_chunk.AsSpan(place + 8));
            if (size < JournalFile.ObjectHeaderBytes)
            {
                throw file.Damaged(at);
            }

            bool isData = _chunk[place] == (byte)JournalObjectKind.Data;
            if (isData && size > filled - place && place > 0 && size <= ChunkBytes)
            {
                filled = place = 0;
                continue;
            }

            if (isData && size <= filled - place && size > file.PayloadOffset)
            {
                Try(at, Payload.Open(_chunk[place + 1], _chunk.AsSpan(place + file.PayloadOffset, (int)size - file.PayloadOffset)));
            }
            else if (isData && size > ChunkBytes)
            {
                Try(at, size < int.MaxValue ? Payload.Open(file, at) : []);
            }

            long step = (size + 7) & ~7L;
            at += step;
            if (step >= filled - place)
            {
                filled = place = 0;
            }
            else
            {
                place += (int)step;
            }
        }

        return null;
    }

    private void Try(long offset, ReadOnlySpan<byte> payload)
    {
        if (_conditions.Any)
        {
            _conditions.See(offset, payload);
        }

        if (payload.StartsWith("MESSAGE="u8) && Match(payload["MESSAGE=".Length..]) is var patterns and not 0)
        {
            _messages.Add((offset, patterns));
        }
    }

    private ulong Match(ReadOnlySpan<byte> message)
    {
        ulong patterns = prepared.Patterns.Match(message);
        return patterns != 0 && prepared.Not is not null && prepared.Not.Match(message) != 0 ? 0 : patterns;
    }

    private SearchEnd WalkEntries(int index)
    {
        JournalFile file = files[index];
        _conditions.Clear();
        _isMessage.Clear();
        long until = Microseconds(prepared.Query.Window.Until) ?? long.MaxValue;
        int walked = 0;
        foreach (long entry in file.EntriesSince(Microseconds(prepared.Query.Window.Since) ?? 0))
        {
            if (file.TimeOf(entry) > until)
            {
                break;
            }

            if (++walked % 4096 == 0 && budget.Stop(BytesRead) is { } stop)
            {
                return stop;
            }

            if (_isMessage.Count > MostRemembered)
            {
                // Conditions live with what they are about.
                _isMessage.Clear();
                _conditions.Clear();
            }

            long message = 0;
            foreach (long item in file.ItemsOf(entry))
            {
                // Most items are shared by many entries: what each is, is looked up once.
                if (!_isMessage.TryGetValue(item, out bool isMessage))
                {
                    ReadOnlySpan<byte> payload = Payload.Open(file, item);
                    isMessage = payload.StartsWith("MESSAGE="u8);
                    _conditions.See(item, payload);
                    _isMessage[item] = isMessage;
                }

                message = isMessage ? item : message;
            }

            ReadOnlySpan<byte> text = message == 0 ? [] : Payload.Open(file, message)["MESSAGE=".Length..];
            ulong patterns = prepared.Patterns.Match(text);
            bool wanted = prepared.Patterns.Patterns.Count == 0 || (patterns != 0) == MessagesLead;
            bool excluded = prepared.Not is not null && prepared.Not.Match(text) != 0;
            if (wanted && !excluded && !Visit(index, entry, message, patterns))
            {
                return SearchEnd.MatchLimit;
            }
        }

        return SearchEnd.Complete;
    }

    /// <returns>False when no more can be held.</returns>
    private bool Visit(int index, long entry, long message, ulong patterns)
    {
        JournalFile file = files[index];
        file.SizeOf(entry, JournalObjectKind.Entry);
        long time = file.TimeOf(entry);
        if (time < (Microseconds(prepared.Query.Window.Since) ?? 0) || time > (Microseconds(prepared.Query.Window.Until) ?? long.MaxValue)
            || (_conditions.Any && !_conditions.Accept(file.ItemsOf(entry))))
        {
            return true;
        }

        Hits.Add(new JournalHit(time, index, entry, message, patterns));
        return Hits.Count < MostHits;
    }

    /// <summary>As journals tell times.</summary>
    public static long? Microseconds(DateTimeOffset? time) => time is { } at ? (at.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond : null;
}
