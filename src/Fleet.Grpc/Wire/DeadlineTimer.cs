namespace Grpc.Wire;

/// <summary>Calls back once when a time has passed, however long it is: timers themselves end at 49 days.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _timeout;
    private readonly Action _onPassed;
    private readonly ITimer _timer;

    public DeadlineTimer(TimeProvider time, TimeSpan timeout, Action onPassed)
    {
        _time = time;
        _start = time.GetTimestamp();
        _timeout = timeout;
        _onPassed = onPassed;
        _timer = time.CreateTimer(static state => ((DeadlineTimer)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Arm(timeout);
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        var left = _timeout - _time.GetElapsedTime(_start);
        if (left > TimeSpan.Zero)
            Arm(left);
        else
            _onPassed();
    }

    // Rounded up to whole milliseconds, a timer's resolution, or the last one would be spent re-arming.
    private void Arm(TimeSpan left)
    {
        var wait = left < LongestWait ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestWait;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
