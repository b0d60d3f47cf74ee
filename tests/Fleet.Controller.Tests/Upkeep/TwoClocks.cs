namespace Fleet.Controller.Tests.Upkeep;

/// <summary>A wall clock that can be set, and a monotonic one that only goes forward. Timers are the test's own business.</summary>
internal sealed class TwoClocks(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;
    private long _stamp;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _stamp;

    /// <summary>Time passes: both go on.</summary>
    public void Pass(TimeSpan time)
    {
        _now += time;
        _stamp += time.Ticks;
    }

    /// <summary>Somebody sets the clock.</summary>
    public void Set(TimeSpan by) => _now += by;
}
