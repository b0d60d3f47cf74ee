using Fleet.Hosting.Settings;

namespace Fleet.Controller.Upkeep;

/// <summary>
/// Whether the clock is believed when it says that something is old. What retention removes is gone for good, and a wrong clock (a dead
/// battery at boot, a mistyped date) can make everything old at once.
/// </summary>
/// <remarks>
/// Doubt begins where the clock moved against the monotonic one by more than <see cref="MostStep"/> between two looks, and at the start where
/// it is more than <see cref="MostAhead"/> beyond what was last written by a clock that was believed. It ends when the clock has gone
/// steadily for <see cref="SteadyFor"/>, or when an operator has confirmed the date. Used by one loop; decides without the store.
/// </remarks>
internal sealed class ClockTrust(TimeProvider time, Reloadable<RetentionOptions> options)
{
    /// <summary>More than a slewed clock moves within a day, and less than any age at which something is usually removed.</summary>
    public static readonly TimeSpan MostStep = TimeSpan.FromMinutes(5);

    /// <summary>A controller may have been off over a long weekend.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromDays(3);

    /// <summary>How long a doubtful clock must go steadily before it is believed again.</summary>
    public static readonly TimeSpan SteadyFor = TimeSpan.FromDays(1);

    // The operator's day begins and ends elsewhere than in UTC.
    private static readonly TimeSpan s_zones = TimeSpan.FromHours(14);

    private DateTimeOffset _lastNow = time.GetUtcNow();
    private long _lastStamp = time.GetTimestamp();
    private long _doubtedAt;

    /// <summary>Why the clock is not believed; null while it is.</summary>
    public string? Doubt { get; private set; }

    /// <summary>When it will be, if nothing happens meanwhile.</summary>
    public TimeSpan BelievedIn => SteadyFor - time.GetElapsedTime(_doubtedAt);

    /// <summary>Begins, before anything is written by this clock.</summary>
    /// <param name="newest">What was last written by a clock that was believed; null where nothing was.</param>
    public void Begin(DateTimeOffset? newest)
    {
        if (newest is { } last && time.GetUtcNow() - last > MostAhead)
            Suspect($"it says {time.GetUtcNow():u}, and the newest that the store holds is of {last:u}");
    }

    /// <summary>Looks at both clocks; whether the time is believed now.</summary>
    public bool Look()
    {
        var (now, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        var step = now - _lastNow - time.GetElapsedTime(_lastStamp, stamp);
        (_lastNow, _lastStamp) = (now, stamp);
        if (step.Duration() > MostStep)
            Suspect($"it was set {(step < TimeSpan.Zero ? "back" : "forward")} by {step.Duration():d\\.hh\\:mm\\:ss}, and says {now:u}");
        if (Doubt is not null && (BelievedIn <= TimeSpan.Zero || IsConfirmed(now)))
            Doubt = null;
        return Doubt is null;
    }

    private void Suspect(string reason)
    {
        Doubt = reason;
        _doubtedAt = time.GetTimestamp();
    }

    private bool IsConfirmed(DateTimeOffset now)
    {
        if (options.Value.ConfirmClock is not { } date)
            return false;
        var day = new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return now >= day - s_zones && now < day.AddDays(1) + s_zones;
    }
}
