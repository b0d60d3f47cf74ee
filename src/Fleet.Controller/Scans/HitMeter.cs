namespace Fleet.Controller.Scans;

/// <summary>How many hits one agent reports, and whether that is more than it may. A bucket that holds a minute's worth.</summary>
/// <remarks>
/// An agent sends <see cref="ReportsAhead"/> reports beyond what was acknowledged and then waits: whoever keeps to that runs into debt by so much at
/// most, and loses nothing by a later acknowledgement. Only who goes on sending gets deeper into debt, and has the surplus counted instead of stored;
/// counts take room too, so there is an end to it.
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

    /// <summary>Whether a report was stored before with some of its hits only counted: stored again, they would count twice.</summary>
    public bool WasFolded(string spoolId, ulong number)
    {
        lock (_lock)
            return _folded is { } folded && folded.SpoolId == spoolId && number <= folded.Number;
    }

    /// <summary>A report is stored, and some of its hits were only counted.</summary>
    public void Folded(string spoolId, ulong number)
    {
        lock (_lock)
            _folded = (spoolId, number);
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

    /// <summary>How many more hits can be stored one by one; the rest is to be counted.</summary>
    public int RoomFor(int hits, int perMinute, DateTimeOffset now)
    {
        lock (_lock)
        {
            Fill_NeedsLock(perMinute, now);
            var room = _tokens!.Value + Math.Max(perMinute, FindingsAhead);
            return (int)Math.Clamp(room, 0, hits);
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
            var isSlowed = now <= _slowedUntil + s_minute;
            return new HitMeterReading(Math.Max(_lastMinute, _thisMinute), isSlowed ? _slowedSince : null, _notAssigned, _unknownScan);
        }
    }

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
