namespace Fleet.Agent.Scanning.Spool;

/// <summary>Where each report is that is not acknowledged, in their order. Numbers that are missing stand for empty reports.</summary>
internal sealed class SpoolIndex
{
    private readonly List<SpooledReport> _reports = [];
    private int _first;

    /// <summary>How many there are.</summary>
    public int Count => _reports.Count - _first;

    /// <summary>What they take.</summary>
    public long Bytes { get; private set; }

    /// <summary>All of them.</summary>
    public IEnumerable<SpooledReport> All => _reports.Skip(_first);

    /// <summary>Adds the next one.</summary>
    public void Add(SpooledReport report)
    {
        _reports.Add(report);
        Bytes += report.Length;
    }

    /// <summary>The report of a number; null where it is empty or not there.</summary>
    public SpooledReport? Find(ulong number)
    {
        int low = _first, high = _reports.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _reports[middle].Number < number ? (middle + 1, high) : (low, middle);
        }

        return low < _reports.Count && _reports[low].Number == number ? _reports[low] : null;
    }

    /// <summary>Forgets those up to a number.</summary>
    public void RemoveUpTo(ulong number)
    {
        while (_first < _reports.Count && _reports[_first].Number <= number)
            Bytes -= _reports[_first++].Length;
        if (_first > 1024 && _first > _reports.Count / 2)
        {
            _reports.RemoveRange(0, _first);
            _first = 0;
        }
    }

    /// <summary>Puts others in the place of those of some segments, which are the oldest.</summary>
    public void Replace(IReadOnlySet<SpoolSegment> segments, IEnumerable<SpooledReport> by)
    {
        SpooledReport[] all = [.. by, .. All.Where(report => !segments.Contains(report.Segment))];
        _reports.Clear();
        (_first, Bytes) = (0, 0);
        foreach (var report in all)
            Add(report);
    }
}
