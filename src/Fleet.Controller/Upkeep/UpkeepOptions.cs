using Fleet.Storage;

namespace Fleet.Controller.Upkeep;

/// <summary>How long finished jobs and their output, hits and alerts are kept, and how often that is looked after.</summary>
public sealed class UpkeepOptions
{
    /// <summary>The output of a finished job is dropped after this time; null keeps it. The default is 30 days.</summary>
    public TimeSpan? MaxOutputAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Bytes of output kept over all jobs; beyond it the oldest goes first. Null sets no limit. The default is 10 GiB.</summary>
    public long? MaxOutputBytes { get; set; } = 10L << 30;

    /// <summary>A finished job is forgotten after this time; null keeps it. The default is 180 days.</summary>
    public TimeSpan? MaxJobAge { get; set; } = TimeSpan.FromDays(180);

    /// <summary>A hit is forgotten after this time where its scan does not say it. The default is 30 days.</summary>
    public TimeSpan MaxHitAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Hits kept over all scans; beyond it the oldest goes first. The default is 10 million, some 5 GB.</summary>
    public long MaxHits { get; set; } = 10_000_000;

    /// <summary>A resolved alert is forgotten after this time. The default is 180 days.</summary>
    public TimeSpan MaxAlertAge { get; set; } = TimeSpan.FromDays(180);

    /// <summary>Between two looks. The default is 10 minutes.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>As the store wants it.</summary>
    public RetentionPolicy ToPolicy() => new() { MaxOutputAge = MaxOutputAge, MaxOutputBytes = MaxOutputBytes, MaxJobAge = MaxJobAge };

    /// <summary>Names every fault.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxOutputAge < TimeSpan.FromMinutes(1))
            yield return $"upkeep: MaxOutputAge is {MaxOutputAge}; it must be at least 1 minute";
        if (MaxJobAge < TimeSpan.FromMinutes(1))
            yield return $"upkeep: MaxJobAge is {MaxJobAge}; it must be at least 1 minute";
        if (MaxJobAge < MaxOutputAge)
            yield return "upkeep: MaxJobAge must not be shorter than MaxOutputAge";
        if (MaxOutputBytes < 1 << 20)
            yield return $"upkeep: MaxOutputBytes is {MaxOutputBytes}; it must be at least 1 MiB";
        if (MaxHitAge < TimeSpan.FromMinutes(1) || MaxAlertAge < TimeSpan.FromMinutes(1) || MaxHits < 1)
            yield return "upkeep: MaxHitAge and MaxAlertAge must be at least 1 minute, MaxHits at least 1";
        if (Period < TimeSpan.FromSeconds(1) || Period > TimeSpan.FromDays(1))
            yield return $"upkeep: Period is {Period}; it must lie between 1 s and 1 day";
    }
}
