using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Journal;

/// <summary>Entries that stand near those that match: what <c>grep -C</c> shows of what journalctl prints for the same fields and window.</summary>
/// <remarks>The files of a journal are one row of entries by their times; within a file the order is that of the file.</remarks>
internal sealed class JournalContext
{
    private const int MostRemembered = 200_000;
    private const int LookEvery = 1024;

    private readonly PreparedQuery _prepared;
    private readonly SearchBudget _budget;
    private readonly JournalPayload _payload;
    private readonly List<JournalHit> _hits;
    private readonly List<string> _notes;
    private readonly Side[] _sides;
    private readonly long _since;
    private readonly long _until;
    private JournalHit _reported = new(-1, -1, -1, 0, 0);
    private long _steps;
    private bool _isDamaged;

    /// <param name="prepared">The query.</param>
    /// <param name="budget">Ends a long walk.</param>
    /// <param name="files">The journal's files.</param>
    /// <param name="hits">All that match, in order.</param>
    /// <param name="payload">Reads fields.</param>
    /// <param name="notes">Gets what is wrong with the files.</param>
    public JournalContext(
        PreparedQuery prepared, SearchBudget budget, List<JournalFile> files, List<JournalHit> hits, JournalPayload payload, List<string> notes)
    {
        (_prepared, _budget, _payload, _hits, _notes) = (prepared, budget, payload, hits, notes);
        _sides = [.. files.ConvertAll(file => new Side(file, new JournalConditions(prepared.Query.JournalFields)))];
        _since = JournalScan.Microseconds(prepared.Query.Window.Since) ?? 0;
        _until = JournalScan.Microseconds(prepared.Query.Window.Until) ?? long.MaxValue;
    }

    /// <summary>Why there is no more context, where the search had to stop: matches are reported without it from then on.</summary>
    public SearchEnd? Stopped { get; private set; }

    /// <summary>What of one file has been looked at.</summary>
    private sealed class Side(JournalFile file, JournalConditions conditions)
    {
        private JournalEntryList? _entries;

        public JournalFile File => file;

        public JournalConditions Conditions => conditions;

        public JournalEntryList Entries => _entries ??= new JournalEntryList(file);

        /// <summary>Data objects, and whether each is a message.</summary>
        public Dictionary<long, bool> Known { get; } = [];

        /// <summary>The next entry of a walk.</summary>
        public long Number { get; set; }
    }

    /// <summary>Entries before one that matches, the earliest first, but for those that were reported; and whether others are missing before them.</summary>
    public (List<JournalHit> Entries, bool IsGap) Before(JournalHit hit)
    {
        try
        {
            return _isDamaged ? ([], true) : FindBefore(hit);
        }
        catch (InvalidDataException fault)
        {
            GiveUp(fault);
            return ([], true);
        }
    }

    /// <summary>Entries behind one that matches, up to the next that does.</summary>
    public List<JournalHit> After(JournalHit hit)
    {
        _reported = hit;
        try
        {
            return _isDamaged ? [] : FindAfter(hit);
        }
        catch (InvalidDataException fault)
        {
            GiveUp(fault);
            return [];
        }
    }

    /// <summary>In the order in which entries are reported: stable where clocks agree to the microsecond.</summary>
    public static int Compare(JournalHit one, JournalHit other)
    {
        int order = one.Microseconds.CompareTo(other.Microseconds);
        order = order != 0 ? order : one.File.CompareTo(other.File);
        return order != 0 ? order : one.Entry.CompareTo(other.Entry);
    }

    // What matches is reported all the same.
    private void GiveUp(InvalidDataException fault)
    {
        _isDamaged = true;
        if (!_notes.Contains(fault.Message))
        {
            _notes.Add(fault.Message);
        }
    }

    private (List<JournalHit> Entries, bool IsGap) FindBefore(JournalHit hit)
    {
        var found = new List<JournalHit>();
        foreach (Side side in _sides)
        {
            side.Number = NumberBehind(side, hit, inclusive: false) - 1;
        }

        while (Step(forwards: false) is { } near)
        {
            if (Compare(near, _reported) <= 0)
            {
                return (Reversed(found), false);
            }

            if (found.Count == _prepared.Query.Before)
            {
                return (Reversed(found), true);
            }

            found.Add(near);
        }

        return (Reversed(found), true);
    }

    private List<JournalHit> FindAfter(JournalHit hit)
    {
        var found = new List<JournalHit>();
        foreach (Side side in _sides)
        {
            side.Number = NumberBehind(side, hit, inclusive: true);
        }

        while (found.Count < _prepared.Query.After && Step(forwards: true) is { } near && !IsHit(near))
        {
            found.Add(near);
            _reported = near;
        }

        return found;
    }

    /// <summary>The number of a side's first entry that comes behind an entry, or is it.</summary>
    private long NumberBehind(Side side, JournalHit hit, bool inclusive)
    {
        if (ReferenceEquals(side, _sides[hit.File]))
        {
            return side.Entries.NumberOf(hit.Entry) + (inclusive ? 1 : 0);
        }

        bool isBefore = Array.IndexOf(_sides, side) < hit.File;
        return side.Entries.NumberSince(hit.Microseconds + (isBefore ? 1 : 0));
    }

    /// <summary>The next entry, of whichever file, that fulfils the conditions; null at the end of the window, or when the search must stop.</summary>
    private JournalHit? Step(bool forwards)
    {
        while (Stopped is null)
        {
            if (++_steps % LookEvery == 0 && _budget.Stop(0) is { } stop)
            {
                Stopped = stop;
                return null;
            }

            int best = -1;
            JournalHit nearest = default;
            for (int i = 0; i < _sides.Length; i++)
            {
                Side side = _sides[i];
                if (side.Number < 0 || side.Number >= side.Entries.Count)
                {
                    continue;
                }

                long entry = side.Entries.At(side.Number);
                var candidate = new JournalHit(side.File.TimeOf(entry), i, entry, 0, 0);
                if (best < 0 || Compare(candidate, nearest) < 0 == forwards)
                {
                    (best, nearest) = (i, candidate);
                }
            }

            if (best < 0 || nearest.Microseconds < _since || nearest.Microseconds > _until)
            {
                return null;
            }

            _sides[best].Number += forwards ? 1 : -1;
            if (Accepts(_sides[best], nearest.Entry, out long message))
            {
                return nearest with { Message = message };
            }
        }

        return null;
    }

    private bool Accepts(Side side, long entry, out long message)
    {
        if (side.Known.Count > MostRemembered)
        {
            // Conditions live with what they are about.
            side.Known.Clear();
            side.Conditions.Clear();
        }

        message = 0;
        ReadOnlySpan<long> items = side.File.ItemsOf(entry);
        foreach (long item in items)
        {
            if (!side.Known.TryGetValue(item, out bool isMessage))
            {
                ReadOnlySpan<byte> field = _payload.Open(side.File, item);
                isMessage = field.StartsWith("MESSAGE="u8);
                side.Conditions.See(item, field);
                side.Known[item] = isMessage;
            }

            message = isMessage ? item : message;
        }

        return !side.Conditions.Any || side.Conditions.Accept(items);
    }

    private bool IsHit(JournalHit near)
    {
        int low = 0, high = _hits.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = Compare(_hits[middle], near) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low < _hits.Count && _hits[low].File == near.File && _hits[low].Entry == near.Entry;
    }

    private static List<JournalHit> Reversed(List<JournalHit> entries)
    {
        entries.Reverse();
        return entries;
    }
}
