using Fleet.Storage;

namespace Fleet.Controller.Upkeep;

/// <summary>What is kept, and how long. Bounds and meaning are in <see cref="Hosting.ControllerSettings"/>.</summary>
public sealed record RetentionOptions
{
    /// <summary>The output of a finished job is dropped after this time; null keeps it.</summary>
    public TimeSpan? MaxOutputAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Bytes of output kept over all jobs; beyond it the oldest goes first. Null sets no limit.</summary>
    public long? MaxOutputBytes { get; init; } = 10L << 30;

    /// <summary>A finished job is forgotten after this time, its output with it; null keeps it.</summary>
    public TimeSpan? MaxJobAge { get; init; } = TimeSpan.FromDays(180);

    /// <summary>A hit is forgotten after this time where its scan does not say it; null keeps it.</summary>
    public TimeSpan? MaxHitAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Hits kept over all scans; beyond it the oldest of those agents go first that have more than their share. Null sets no limit.</summary>
    public int? MaxHits { get; init; } = 10_000_000;

    /// <summary>A resolved alert is forgotten after this time; null keeps it.</summary>
    public TimeSpan? MaxAlertAge { get; init; } = TimeSpan.FromDays(180);

    /// <summary>The day on which an operator found the controller's clock right: retention believes it then. Null: none.</summary>
    public DateOnly? ConfirmClock { get; init; }

    /// <summary>Between two sweeps.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>As the store wants it.</summary>
    public RetentionPolicy ToPolicy() => new() { MaxOutputAge = MaxOutputAge, MaxOutputBytes = MaxOutputBytes, MaxJobAge = MaxJobAge };
}
