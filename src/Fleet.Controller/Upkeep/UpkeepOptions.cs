using Fleet.Storage;

namespace Fleet.Controller.Upkeep;

/// <summary>How long finished jobs and their output, hits and alerts are kept, and how often that is looked after.</summary>
public sealed class UpkeepOptions
{
    // Each in one word, because a reload writes while the loop reads: half of a nullable value would be an age of zero, which forgets everything.
    private const long Off = -1;
    private long _maxOutputAge = 30 * TimeSpan.TicksPerDay;
    private long _maxOutputBytes = 10L << 30;
    private long _maxJobAge = 180 * TimeSpan.TicksPerDay;
    private long _maxHitAge = 30 * TimeSpan.TicksPerDay;
    private long _maxHits = 10_000_000;
    private long _maxAlertAge = 180 * TimeSpan.TicksPerDay;
    private long _confirmClock = Off;

    /// <summary>The output of a finished job is dropped after this time; null keeps it. The default is 30 days.</summary>
    public TimeSpan? MaxOutputAge
    {
        get => Age(ref _maxOutputAge);
        set => Set(ref _maxOutputAge, value?.Ticks);
    }

    /// <summary>Bytes of output kept over all jobs; beyond it the oldest goes first. Null sets no limit. The default is 10 GiB.</summary>
    public long? MaxOutputBytes
    {
        get => Number(ref _maxOutputBytes);
        set => Set(ref _maxOutputBytes, value);
    }

    /// <summary>A finished job is forgotten after this time, its output with it; null keeps it. The default is 180 days.</summary>
    public TimeSpan? MaxJobAge
    {
        get => Age(ref _maxJobAge);
        set => Set(ref _maxJobAge, value?.Ticks);
    }

    /// <summary>A hit is forgotten after this time where its scan does not say it; null keeps it. The default is 30 days.</summary>
    public TimeSpan? MaxHitAge
    {
        get => Age(ref _maxHitAge);
        set => Set(ref _maxHitAge, value?.Ticks);
    }

    /// <summary>
    /// Hits kept over all scans; beyond it the oldest of those agents go first that have more than their share. Null sets no limit. The default is
    /// 10 million, some 5 GB.
    /// </summary>
    public long? MaxHits
    {
        get => Number(ref _maxHits);
        set => Set(ref _maxHits, value);
    }

    /// <summary>A resolved alert is forgotten after this time; null keeps it. The default is 180 days.</summary>
    public TimeSpan? MaxAlertAge
    {
        get => Age(ref _maxAlertAge);
        set => Set(ref _maxAlertAge, value?.Ticks);
    }

    /// <summary>The day on which an operator found the controller's clock right: retention believes it then. Null, the default: none.</summary>
    public DateOnly? ConfirmClock
    {
        get => Number(ref _confirmClock) is { } day ? DateOnly.FromDayNumber((int)day) : null;
        set => Set(ref _confirmClock, value?.DayNumber);
    }

    /// <summary>Between two looks. The default is 10 minutes.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>As the store wants it.</summary>
    public RetentionPolicy ToPolicy() => new() { MaxOutputAge = MaxOutputAge, MaxOutputBytes = MaxOutputBytes, MaxJobAge = MaxJobAge };

    /// <summary>Names every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxOutputAge < TimeSpan.FromMinutes(1))
            yield return $"retention: MaxOutputAge is {MaxOutputAge}; it must be at least 1 minute";
        if (MaxJobAge < TimeSpan.FromMinutes(1))
            yield return $"retention: MaxJobAge is {MaxJobAge}; it must be at least 1 minute";
        if (MaxJobAge < MaxOutputAge)
            yield return "retention: MaxJobAge must not be shorter than MaxOutputAge";
        if (MaxOutputBytes < 1 << 20)
            yield return $"retention: MaxOutputBytes is {MaxOutputBytes}; it must be at least 1 MiB";
        if (MaxHitAge < TimeSpan.FromMinutes(1) || MaxAlertAge < TimeSpan.FromMinutes(1) || MaxHits < 1)
            yield return "retention: MaxHitAge and MaxAlertAge must be at least 1 minute, MaxHits at least 1";
        if (Period < TimeSpan.FromSeconds(1) || Period > TimeSpan.FromDays(1))
            yield return $"retention: Period is {Period}; it must lie between 1 s and 1 day";
    }

    private static TimeSpan? Age(ref long word) => Number(ref word) is { } ticks ? TimeSpan.FromTicks(ticks) : null;

    private static long? Number(ref long word) => Interlocked.Read(ref word) is var value and not Off ? value : null;

    private static void Set(ref long word, long? value) => Interlocked.Exchange(ref word, value ?? Off);
}
