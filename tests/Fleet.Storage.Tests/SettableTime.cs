namespace Fleet.Storage.Tests;

/// <summary>A clock that stands where it is put. Durations are the real ones.</summary>
internal sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = Some.Time;

    public override DateTimeOffset GetUtcNow() => Now;
}
