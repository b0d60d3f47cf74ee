using Fleet.Hosting.Settings;

namespace Fleet.Controller.Notifications;

/// <summary>Decides when a channel may get its next message: as quickly as its receiver takes them, and no quicker.</summary>
/// <remarks>
/// <para>
/// A receiver that limits its rate is left alone for as long as it asks, and then gets messages at the rate that it took before it refused. After
/// so many that were taken in a row the pace is raised; where that is too fast it goes back, and the next try is smaller and comes later.
/// </para>
/// <para>A receiver that fails three times in a row is tried with one message at a time, after longer and longer pauses.</para>
/// <para>It has neither clock nor lock: one loop owns it.</para>
/// </remarks>
/// <param name="options">The pauses.</param>
/// <param name="maxConcurrent">So many messages may be on their way at once.</param>
internal sealed class ChannelPace(Reloadable<NotifyOptions> options, Func<int> maxConcurrent)
{
    private const int FailuresInRow = 3;
    private const int FirstStreak = 5;
    private const int ShortestStreak = 3;
    private const int LongestStreak = 64;
    private const int MostRemembered = 256;
    private const double Faster = 0.8;
    private const double MuchFaster = 0.5;
    private const double Slower = 1.25;

    // The receiver's clock and the way there are no more exact than this.
    private const double Margin = 1.05;

    // A header with a year in it must not silence a channel for a year.
    private static readonly TimeSpan s_longestRetryAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_shortestHold = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_unlimited = TimeSpan.FromMilliseconds(20);

    // When messages were taken, the latest last: how many the receiver took before it refused.
    private readonly Queue<DateTimeOffset> _taken = new();
    private int _inFlight;
    private DateTimeOffset _nextAt = DateTimeOffset.MinValue;
    private DateTimeOffset _heldSince = DateTimeOffset.MinValue;

    // With a hold behind it one message goes alone: all others would be refused with it.
    private bool _isProbing;
    private TimeSpan _interval;
    private TimeSpan _proven;
    private TimeSpan _tooFast;
    private int _streak;
    private int _neededStreak = FirstStreak;
    private int _refusals;
    private int _failures;
    private int _failedHolds;

    /// <summary>Whether the receiver limits its rate, for all that is known.</summary>
    public bool IsLimited => _interval > TimeSpan.Zero;

    /// <summary>The time between two messages; zero where they go as they come.</summary>
    public TimeSpan Interval => _interval;

    /// <summary>When the next message may start; null: not before one that is on its way has ended.</summary>
    public DateTimeOffset? NextStart => _inFlight >= (_isProbing ? 1 : maxConcurrent()) ? null : _nextAt;

    /// <summary>A message starts.</summary>
    public void Start(DateTimeOffset now)
    {
        _inFlight++;
        _nextAt = now + _interval;
    }

    /// <summary>A message that was to start did not: nothing is known of the receiver.</summary>
    public void Abandon() => _inFlight--;

    /// <summary>A message ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="startedAt">When it started: what started before a hold says nothing that the hold did not know.</param>
    /// <param name="now">When it ended.</param>
    /// <returns>What that changed.</returns>
    public PaceChange End(DeliveryOutcome outcome, DateTimeOffset startedAt, DateTimeOffset now)
    {
        _inFlight--;
        if (outcome.IsSent)
            return Taken(now);
        if (startedAt <= _heldSince)
            return PaceChange.None;
        return outcome.IsThrottled ? Refused(outcome.RetryAfter, now) : Failed(now);
    }

    private PaceChange Taken(DateTimeOffset now)
    {
        _taken.Enqueue(now);
        if (_taken.Count > MostRemembered)
            _taken.Dequeue();
        var change = _failedHolds > 0 ? PaceChange.Recovered : PaceChange.None;
        (_isProbing, _refusals, _failures, _failedHolds) = (false, 0, 0, 0);
        if (!IsLimited || ++_streak < _neededStreak)
            return change;
        // Tried faster and taken: the next try may come sooner.
        if (_proven > _interval)
            _neededStreak = ShortestStreak;
        (_proven, _streak) = (_interval, 0);
        // In big steps where no refusal is known.
        _interval *= _interval * MuchFaster > _tooFast ? MuchFaster : Faster;
        if (_interval < s_unlimited)
            (_interval, _proven, _tooFast, _neededStreak) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, FirstStreak);
        return change;
    }

    private PaceChange Refused(TimeSpan? retryAfter, DateTimeOffset now)
    {
        _refusals++;
        var hold = retryAfter is { } asked
            ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, s_shortestHold.Ticks, s_longestRetryAfter.Ticks))
            : options.Value.BackoffAfter(_refusals);
        if (_proven > _interval)
        {
            // The try to go faster failed.
            (_tooFast, _interval) = (_interval, _proven);
            _neededStreak = Math.Min(LongestStreak, _neededStreak * 2);
        }
        else
        {
            var interval = (hold + (now - BurstStart(now, hold, out var taken))) / Math.Max(1, taken) * Margin;
            _interval = TimeSpan.FromTicks(Math.Min(options.Value.MaxBackoff.Ticks, Math.Max(interval.Ticks, (_interval * Slower).Ticks)));
            _neededStreak = FirstStreak;
        }

        (_streak, _proven) = (0, TimeSpan.Zero);
        _taken.Clear();
        Hold(now, hold);
        return PaceChange.Limited;
    }

    private PaceChange Failed(DateTimeOffset now)
    {
        _failures++;
        if (_failures < FailuresInRow && !_isProbing)
            return PaceChange.None;
        Hold(now, options.Value.BackoffAfter(++_failedHolds));
        return PaceChange.Held;
    }

    private void Hold(DateTimeOffset now, TimeSpan hold) => (_heldSince, _nextAt, _isProbing) = (now, now + hold, true);

    // Messages of one burst follow one another more closely than the receiver now wants to be left alone for.
    private DateTimeOffset BurstStart(DateTimeOffset now, TimeSpan hold, out int taken)
    {
        var start = now;
        taken = 0;
        foreach (var at in _taken.Reverse())
        {
            if (start - at > hold)
                break;
            (start, taken) = (at, taken + 1);
        }

        return start;
    }
}

/// <summary>What the end of a message changed in the pace of its channel.</summary>
internal enum PaceChange
{
    /// <summary>Nothing that anybody would have to know.</summary>
    None,

    /// <summary>The receiver limits its rate, and the channel waits.</summary>
    Limited,

    /// <summary>The receiver fails again and again, and the channel waits.</summary>
    Held,

    /// <summary>The receiver takes messages again after it had failed.</summary>
    Recovered,
}
