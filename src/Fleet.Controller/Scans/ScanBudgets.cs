namespace Fleet.Controller.Scans;

/// <summary>How many more hits one agent may report of each of its scans: a bucket for each, which holds a minute's worth. Not safe for several threads.</summary>
internal sealed class ScanBudgets
{
    // As many as an agent tells the states of. Beyond that the agent's own rate is the bound.
    private const int MostScans = 1000;
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_tellAgain = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Budget> _byScan = new(StringComparer.Ordinal);
    private DateTimeOffset _toldAt;

    /// <summary>How many more hits of a scan can come now.</summary>
    public int RoomFor(string scan, int perMinute, DateTimeOffset now) => (int)Filled(scan, perMinute, now).Tokens;

    /// <summary>Hits of a scan were stored. There is no debt: what a scan took while nobody was held up is not held against it for longer than a minute.</summary>
    public void Take(string scan, int hits, int perMinute, DateTimeOffset now)
    {
        if (!_byScan.ContainsKey(scan) && _byScan.Count >= MostScans && !ForgetFull(perMinute, now))
            return;
        var budget = Filled(scan, perMinute, now);
        _byScan[scan] = budget with { Tokens = Math.Max(0, budget.Tokens - hits) };
    }

    /// <summary>Hits are counted instead of stored; true where it is time to tell. For all scans together: the names are the agent's to choose.</summary>
    public bool IsTimeToTell(DateTimeOffset now)
    {
        if (now - _toldAt < s_tellAgain)
            return false;
        _toldAt = now;
        return true;
    }

    private Budget Filled(string scan, int perMinute, DateTimeOffset now)
    {
        if (!_byScan.TryGetValue(scan, out var budget))
            return new Budget(perMinute, now);
        var gained = now > budget.FilledAt ? (now - budget.FilledAt) / s_minute * perMinute : 0;
        return budget with { Tokens = Math.Min(perMinute, budget.Tokens + gained), FilledAt = now };
    }

    private bool ForgetFull(int perMinute, DateTimeOffset now)
    {
        foreach (var scan in _byScan.Keys.Where(scan => Filled(scan, perMinute, now).Tokens >= perMinute).ToArray())
            _byScan.Remove(scan);
        return _byScan.Count < MostScans;
    }

    private readonly record struct Budget(double Tokens, DateTimeOffset FilledAt);
}
