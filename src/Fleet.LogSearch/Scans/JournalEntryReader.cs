using System.Buffers.Binary;
using System.Text;
using Fleet.LogSearch.Journal;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>Tries the entries of one journal file, one by one.</summary>
/// <remarks>Most data objects are shared by many entries: what each is, is looked up once.</remarks>
internal sealed class JournalEntryReader(PreparedQuery prepared, JournalPayload payload)
{
    private const int EntryHeadBytes = 64;
    private const int MostRemembered = 20_000;

    private readonly JournalConditions _conditions = new(prepared.Query.JournalFields);
    private readonly Dictionary<long, Kind> _kinds = [];
    private JournalFile? _file;

    private enum Kind : byte
    {
        Other,
        Message,
        Unit,
        Program,
    }

    /// <summary>Goes to a file.</summary>
    public void Begin(JournalFile file)
    {
        _file = file;
        Forget();
    }

    /// <summary>Hands an entry to the sink if it is a hit.</summary>
    public void Offer(long entry, string source, IScanSink sink)
    {
        JournalFile file = _file!;
        if (_kinds.Count >= MostRemembered)
        {
            Forget();
        }

        ReadOnlySpan<long> items = file.ItemsOf(entry);
        long message = 0, unit = 0;
        foreach (long item in items)
        {
            Kind kind = KindOf(file, item);
            message = kind == Kind.Message ? item : message;
            // The unit says more than the program's name.
            unit = kind == Kind.Unit || (kind == Kind.Program && unit == 0) ? item : unit;
        }

        if (_conditions.Any && !_conditions.Accept(items))
        {
            return;
        }

        string from = unit == 0 ? "" : Encoding.UTF8.GetString(ValueOf(payload.Open(file, unit)));
        ReadOnlySpan<byte> text = message == 0 ? [] : ValueOf(payload.Open(file, message));
        if (!prepared.Accepts(text, out ulong patterns))
        {
            return;
        }

        sink.Hit(IdOf(file, entry), new FoundLine
        {
            Source = source,
            Role = LineRole.Match,
            Bytes = text,
            Offset = 0,
            LineNumber = 0,
            Time = new DateTimeOffset(DateTime.UnixEpoch.Ticks + (file.TimeOf(entry) * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero),
            Patterns = patterns,
            Cursor = JournalCursor.Of(file, entry),
            PatternSet = prepared.Patterns,
        }, from);
    }

    /// <summary>Boot, time and content: what an entry keeps when it is copied from the volatile journal to the lasting one.</summary>
    private static HitId IdOf(JournalFile file, long entry)
    {
        ReadOnlySpan<byte> head = file.At(entry, EntryHeadBytes);
        ulong realtime = BinaryPrimitives.ReadUInt64LittleEndian(head[24..]);
        ulong monotonic = BinaryPrimitives.ReadUInt64LittleEndian(head[32..]);
        // The boot's id (16 bytes) and the exclusive-or of the hashes of all its data (8).
        return HitId.Of('j', "", realtime, monotonic, head[40..]);
    }

    private Kind KindOf(JournalFile file, long item)
    {
        if (_kinds.TryGetValue(item, out Kind known))
        {
            return known;
        }

        ReadOnlySpan<byte> data = payload.Open(file, item);
        _conditions.See(item, data);
        return _kinds[item] = data.StartsWith("MESSAGE="u8) ? Kind.Message
            : data.StartsWith("_SYSTEMD_UNIT="u8) ? Kind.Unit
            : data.StartsWith("SYSLOG_IDENTIFIER="u8) ? Kind.Program
            : Kind.Other;
    }

    private void Forget()
    {
        // Conditions live with what they are about.
        _kinds.Clear();
        _conditions.Clear();
    }

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> field) => field[(field.IndexOf((byte)'=') + 1)..];
}
