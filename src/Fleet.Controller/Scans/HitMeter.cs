using Fleet.Protocol.V1;

namespace Fleet.Controller.Scans;

/// <summary>How many hits one agent reports, and whether that is more than it may. A bucket that holds a minute's worth.</summary>
/// <remarks>
/// An agent sends <see cref="ReportsAhead"/> reports beyond what was acknowledged and then waits: whoever keeps to that runs into debt by so much at
/// most, and loses nothing by a later acknowledgement. Only who goes on sending gets deeper into debt, and has the surplus counted instead of stored;
/// counts take room too, so there is an end to it. An agent's scans wait in one queue, so one of them would hold up the others: while the agent is
/// slowed, each has a rate of its own, and what is beyond it is counted at once.
/// </remarks>
internal sealed class HitMeter
{
    /// <summary>Reports that agents send without waiting, of at most 500 findings each (docs/protocol.md).</summary>
    private const int ReportsAhead = 8;
    private const int FindingsAhead = ReportsAhead * 500;

    // So many times what an agent may be in debt that waits for acknowledgements.
    private const int MostDebts = 4;
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_tellAgain = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly ScanBudgets _scans = new();
    private double? _tokens;
    private DateTimeOffset _filledAt;
    private DateTimeOffset _minuteBegan;
    private long _thisMinute;
    private long _lastMinute;
    private DateTimeOffset? _slowedSince;
    private DateTimeOffset _slowedUntil;
    private DateTimeOffset _toldAt;
    private long _notAssigned;
    private long _unknownScan;
    private (string SpoolId, ulong Number)? _folded;
    private (string SpoolId, ulong Number)? _stored;

    /// <summary>Whether a report was stored before with some of its hits only counted: stored again, they would count twice.</summary>
    public bool WasFolded(string spoolId, ulong number)
    {
        lock (_lock)
            return _folded is { } folded && folded.SpoolId == spoolId && number <= folded.Number;
    }

    /// <summary>Whether a report was stored before. Sent again after a cut it is stored as it is: its hits are known by their ids, counted they would be new.</summary>
    public bool WasStored(string spoolId, ulong number)
    {
        lock (_lock)
            return _stored is { } stored && stored.SpoolId == spoolId && number <= stored.Number;
    }

    /// <summary>A report is stored.</summary>
    /// <param name="spoolId">The agent's spool.</param>
    /// <param name="number">The report's number in it.</param>
    /// <param name="isFolded">Some of its hits were only counted.</param>
    public void Stored(string spoolId, ulong number, bool isFolded)
    {
        lock (_lock)
        {
            if (_stored is not { } stored || stored.SpoolId != spoolId || stored.Number < number)
                _stored = (spoolId, number);
            if (isFolded)
                _folded = (spoolId, number);
        }
    }

    /// <summary>Whether nothing more is to be taken before some time has passed.</summary>
    public bool IsExhausted(int perMinute, DateTimeOffset now)
    {
        lock (_lock)
        {
            Fill_NeedsLock(perMinute, now);
            return _tokens < -MostDebts * (double)Math.Max(perMinute, FindingsAhead);
        }
    }

    /// <summary>Which hits of a report can be stored one by one; the others are to be counted.</summary>
    /// <param name="hits">The report's hits.</param>
    /// <param name="rates">How many may come a minute.</param>
    /// <param name="linkedAt">Since when the agent is connected: what it read before lay in its spool, and is no fault of the scan's.</param>
    /// <param name="now">The present time.</param>
    public HitChoice Choose(IReadOnlyList<Hit> hits, HitRates rates, DateTimeOffset linkedAt, DateTimeOffset now)
    {
        lock (_lock)
        {
            Fill_NeedsLock(rates.OfAgent, now);
            var room = (int)Math.Clamp(_tokens!.Value + Math.Max(rates.OfAgent, FindingsAhead), 0, hits.Count);
            var isSlowed = IsSlowed_NeedsLock(now);
            if (room == hits.Count && !isSlowed)
                return HitChoice.All(hits);

            var (kept, surplus) = (new List<Hit>(room), new List<Hit>());
            string? toTell = null;
            var ofScans = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var hit in hits)
                (HasRoom(hit) && kept.Count < room ? kept : surplus).Add(hit);
            return new HitChoice(kept, surplus, toTell);

            bool HasRoom(Hit hit)
            {
                if (!isSlowed || !IsReadSince(hit, linkedAt))
                    return true;
                if (!ofScans.TryGetValue(hit.Scan, out var left))
                    left = _scans.RoomFor(hit.Scan, rates.OfScan, now);
                ofScans[hit.Scan] = left - 1;
                if (left <= 0 && _scans.IsTimeToTell(now))
                    toTell = hit.Scan;
                return left > 0;
            }
        }
    }

    /// <summary>Takes hits that were stored one by one into account for their scans.</summary>
    public void TakeOfScans(IReadOnlyList<Hit> kept, HitRates rates, DateTimeOffset linkedAt, DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var scan in kept.Where(hit => IsReadSince(hit, linkedAt)).CountBy(hit => hit.Scan, StringComparer.Ordinal))
                _scans.Take(scan.Key, scan.Value, rates.OfScan, now);
        }
    }

    /// <summary>Takes stored findings into account.</summary>
    /// <param name="findings">How many.</param>
    /// <param name="lines">How many lines they stand for.</param>
    /// <param name="perMinute">How many hits may come a minute.</param>
    /// <param name="now">The present time.</param>
    /// <returns>When the report may be acknowledged, and whether it is time to tell that this agent is slowed.</returns>
    public (DateTimeOffset AcknowledgeAt, bool IsNews) Take(int findings, long lines, int perMinute, DateTimeOffset now)
    {
        lock (_lock)
        {
            Fill_NeedsLock(perMinute, now);
            Roll_NeedsLock(now);
            _thisMinute += lines;
            _tokens -= findings;
            if (_tokens >= 0)
            {
                if (now > _slowedUntil + s_minute)
                    _slowedSince = null;
                return (now, false);
            }

            var at = now + TimeSpan.FromMinutes(-_tokens!.Value / perMinute);
            var isNews = _slowedSince is null || now - _toldAt >= s_tellAgain;
            _slowedSince ??= now;
            _slowedUntil = at;
            if (isNews)
                _toldAt = now;
            return (at, isNews);
        }
    }

    /// <summary>Counts findings that were stored without being judged, and those that were dropped.</summary>
    public void TakeStrange(int notAssigned, int unknownScan)
    {
        lock (_lock)
        {
            _notAssigned += notAssigned;
            _unknownScan += unknownScan;
        }
    }

    /// <summary>As operators see it.</summary>
    public HitMeterReading Read(DateTimeOffset now)
    {
        lock (_lock)
        {
            Roll_NeedsLock(now);
            return new HitMeterReading(
                Math.Max(_lastMinute, _thisMinute), IsSlowed_NeedsLock(now) ? _slowedSince : null, _notAssigned, _unknownScan);
        }
    }

    // For a minute longer: else the scan that is too much would have its way again as soon as the others are served.
    private bool IsSlowed_NeedsLock(DateTimeOffset now) => _slowedSince is not null && now <= _slowedUntil + s_minute;

    // By the agent's clock: one that is behind has its scans held apart a little later.
    private static bool IsReadSince(Hit hit, DateTimeOffset linkedAt) => hit.SeenUs == 0 || hit.SeenUs / 1000 >= linkedAt.ToUnixTimeMilliseconds();

    private void Fill_NeedsLock(int perMinute, DateTimeOffset now)
    {
        var gained = now > _filledAt ? (now - _filledAt) / s_minute * perMinute : 0;
        _tokens = Math.Min(perMinute, (_tokens ?? perMinute) + gained);
        _filledAt = now;
    }

    private void Roll_NeedsLock(DateTimeOffset now)
    {
        if (now - _minuteBegan < s_minute && now >= _minuteBegan)
            return;
        _lastMinute = now - _minuteBegan < 2 * s_minute && now >= _minuteBegan ? _thisMinute : 0;
        _thisMinute = 0;
        _minuteBegan = now;
    }
}

/// <summary>What an agent reported.</summary>
/// <param name="HitsPerMinute">Lines within the last minute, or already within this one.</param>
/// <param name="SlowedSince">Since when it is slowed; null: it is not.</param>
/// <param name="NotAssigned">Findings stored, and not judged.</param>
/// <param name="UnknownScan">Findings dropped.</param>
internal readonly record struct HitMeterReading(long HitsPerMinute, DateTimeOffset? SlowedSince, long NotAssigned, long UnknownScan);
