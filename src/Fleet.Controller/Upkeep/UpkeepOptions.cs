using Fleet.Storage;

namespace Fleet.Controller.Upkeep;

/// <summary>How long finished jobs and their output are kept, and how often that is looked after.</summary>
public sealed class UpkeepOptions
{
    /// <summary>The output of a finished job is dropped after this time; null keeps it. The default is 30 days.</summary>
    public TimeSpan? MaxOutputAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Bytes of output kept over all jobs; beyond it the oldest goes first. Null sets no limit. The default is 10 GiB.</summary>
    public long? MaxOutputBytes { get; set; } = 10L << 30;

    /// <summary>A finished job is forgotten after this time; null keeps it. The default is 180 days.</summary>
    public TimeSpan? MaxJobAge { get; set; } = TimeSpan.FromDays(180);

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
        if (Period < TimeSpan.FromSeconds(1) || Period > TimeSpan.FromDays(1))
            yield return $"upkeep: Period is {Period}; it must lie between 1 s and 1 day";
    }
}
