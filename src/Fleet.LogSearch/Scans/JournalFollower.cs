using Fleet.LogSearch.Files;
using Fleet.LogSearch.Journal;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>Follows a systemd journal by the number of entries read of each of its files, which keep their identity when they are archived.</summary>
public sealed class JournalFollower : LogFollower
{
    private readonly IReadOnlyList<string> _paths;
    private readonly JournalPayload _payload = new();
    private readonly JournalEntryReader _reader;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, (FileStatus Status, string FileId)> _archived = [];

    /// <summary>Follows a journal.</summary>
    /// <param name="paths">Journal files, or directories that hold them; none: the host's own.</param>
    /// <param name="query">What is a hit; without window, context, record start and limits; JSON fields are those of a MESSAGE that is JSON.</param>
    /// <param name="time">Dates marks and gaps.</param>
    /// <param name="name">What it is called in results; null: "journal", or its paths.</param>
    public JournalFollower(IReadOnlyList<string> paths, LogQuery query, TimeProvider time, string? name = null)
        : base(name ?? (paths.Count == 0 ? "journal" : string.Join(' ', paths)))
    {
        _paths = paths.Count == 0 ? JournalPaths.OfHost : paths;
        _reader = new JournalEntryReader(new PreparedQuery(query with { RecordStart = null }), _payload);
        _time = time;
    }

    /// <summary>How many entries one step reads at most. The default is 2,000.</summary>
    public int StepEntries { get; init; } = 2000;

    /// <inheritdoc/>
    public override LogMark Begin(int lastLines)
    {
        using JournalFileSet set = OpenAll(null);
        if (set.Ids.Count == 0 && !set.IsMissing)
        {
            throw new IOException(set.Fault);
        }

        // The last lines of all files together: the times of the last ones of each, and of those the latest.
        var latest = new List<long>();
        foreach (JournalFile file in lastLines > 0 ? set.Files : [])
        {
            latest.AddRange(file.EntriesAfter(Math.Max(0, file.EntryCount - lastLines)).Select(file.TimeOf));
        }

        latest.Sort();
        long since = latest.Count == 0 ? long.MaxValue : latest[^Math.Min(lastLines, latest.Count)];
        var positions = new List<JournalPosition>();
        foreach (JournalFile file in set.Files)
        {
            long wanted = lastLines == 0 ? 0 : file.EntriesAfter(Math.Max(0, file.EntryCount - lastLines)).Count(entry => file.TimeOf(entry) >= since);
            positions.Add(PositionAt(file, file.EntryCount - wanted));
        }

        return new JournalMark(positions, "", _time.GetUtcNow());
    }

    /// <inheritdoc/>
    public override LogMark ParseMark(string text) => JournalMark.Parse(text);

    /// <inheritdoc/>
    public override FollowStep Read(LogMark from, IScanSink sink, CancellationToken cancel)
    {
        var mark = (JournalMark)from;
        DateTimeOffset now = _time.GetUtcNow();
        using JournalFileSet set = OpenAll(mark);
        Dictionary<string, JournalPosition> positions = mark.Positions.ToDictionary(position => position.FileId);
        JournalPosition[] gone = mark.Positions.Where(position => !set.Ids.Contains(position.FileId)).ToArray();
        if (set.Ids.Count == 0)
        {
            // Between two boots, or for good: what was there stays known until there is a journal again.
            return new FollowStep(mark, FollowState.CaughtUp, 0, 0, set.Fault);
        }

        // 1. Files that are gone with entries that were not read.
        var copied = new Dictionary<string, long>();
        foreach (JournalPosition position in gone)
        {
            positions.Remove(position.FileId);
            if (!position.IsDone)
            {
                Account(position, set, mark, copied, now, sink);
            }
        }

        // 2. What came since, file by file.
        var turn = new JournalTurn(Name, mark.Cursor, _reader, copied, StepEntries);
        foreach (JournalFile file in set.Files.OrderBy(file => file.Times.First))
        {
            positions[file.FileId] = turn.Read(file, positions.GetValueOrDefault(file.FileId) ?? PositionAt(file, 0), sink, cancel);
        }

        string fault = set.Fault.Length > 0 ? set.Fault : turn.Fault;
        fault = fault.Length == 0 && _payload.Unread > 0 ? $"{_payload.Unread} compressed fields were not read: {_payload.Reason}" : fault;
        JournalPosition[] next = [.. positions.Values.Where(position => position.Entries > 0).OrderBy(position => position.FileId, StringComparer.Ordinal)];
        bool same = next.AsSpan().SequenceEqual(mark.Positions.OrderBy(position => position.FileId, StringComparer.Ordinal).ToArray());
        return new FollowStep(same ? mark : new JournalMark(next, turn.Cursor, now), turn.IsSpent ? FollowState.More : FollowState.CaughtUp, turn.BytesRead, 0, fault);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    private JournalFileSet OpenAll(JournalMark? mark) => JournalFileSet.Open(_paths, mark, _archived);

    /// <summary>Finds out what became of a file's entries that were not read.</summary>
    private void Account(JournalPosition gone, JournalFileSet set, JournalMark mark, Dictionary<string, long> copied, DateTimeOffset now, IScanSink sink)
    {
        JournalFile[] sameRun = set.All.Where(file => file.SequenceId == gone.SequenceId && file.LastSequence > gone.Sequence).ToArray();
        if (sameRun.Length == 0)
        {
            // The volatile journal is copied to the lasting one, and then removed: there it begins with what was read already.
            if (gone.Boot.Length > 0 && set.Files.Exists(file => PositionAt(file, 1) is var first && first.Boot == gone.Boot && first.Monotonic <= gone.Monotonic))
            {
                copied[gone.Boot] = Math.Max(gone.Monotonic, copied.GetValueOrDefault(gone.Boot));
                return;
            }

            JournalFile? next = set.All.Where(file => file.Times.First > gone.Realtime).MinBy(file => file.Times.First);
            sink.Gap(Gap(gone, mark, next is null ? now : TimeOf(next.Times.First), 0));
            return;
        }

        (long Sequence, long Time) first = (long.MaxValue, 0);
        foreach (JournalFile file in sameRun)
        {
            (long Sequence, long Time) candidate = FirstAfter(file, gone.Sequence);
            first = candidate.Sequence < first.Sequence ? candidate : first;
        }

        if (first.Sequence > gone.Sequence + 1)
        {
            sink.Gap(Gap(gone, mark, TimeOf(first.Time), first.Sequence - gone.Sequence - 1));
        }
    }

    private ScanGap Gap(JournalPosition gone, JournalMark mark, DateTimeOffset until, long lost) =>
        new(HitId.Of('g', gone.FileId, (ulong)gone.Sequence, (ulong)gone.Entries, []), Name, GapCause.Vacuumed, TimeOf(gone.Realtime), until)
        {
            FromCursor = mark.Cursor,
            LostLines = lost,
        };

    /// <summary>The first entry of a file behind a number.</summary>
    private static (long Sequence, long Time) FirstAfter(JournalFile file, long sequence)
    {
        long low = 0, high = file.EntryCount - 1;
        while (low < high)
        {
            long middle = (low + high) / 2;
            (low, high) = file.SequenceOf(file.EntriesAfter(middle).First()) <= sequence ? (middle + 1, high) : (low, middle);
        }

        long entry = file.EntriesAfter(low).First();
        return (file.SequenceOf(entry), file.TimeOf(entry));
    }

    private static JournalPosition PositionAt(JournalFile file, long entries)
    {
        long last = entries == 0 ? 0 : file.EntriesAfter(entries - 1).First();
        return last == 0
            ? new JournalPosition(file.FileId, file.SequenceId, 0, file.FirstSequence - 1, "", 0, file.Times.First, false)
            : JournalTurn.PositionBehind(file, last, entries);
    }

    private static DateTimeOffset TimeOf(long microseconds) => new(DateTime.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
