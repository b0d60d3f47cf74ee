namespace Fleet.Controller.Dispatch;

/// <summary>How many tasks of a job may start now, given its rate: a bucket that holds a tenth of a second's worth, at least one.</summary>
internal sealed class StartAllowance(double ratePerSecond, DateTimeOffset since)
{
    private readonly double _capacity = Math.Max(1, ratePerSecond / 10);
    private double _tokens = Math.Max(1, ratePerSecond / 10);
    private DateTimeOffset _filledAt = since;

    /// <summary>Whole starts available.</summary>
    public int Available(DateTimeOffset now)
    {
        if (ratePerSecond <= 0)
            return int.MaxValue;

        // A clock that was set back gives nothing and takes nothing.
        if (now > _filledAt)
            _tokens = Math.Min(_capacity, _tokens + ((now - _filledAt).TotalSeconds * ratePerSecond));
        _filledAt = now;
        return (int)(_tokens + 1e-6);
    }

    /// <summary>Uses starts up.</summary>
    public void Take(int starts)
    {
        if (ratePerSecond > 0)
            _tokens -= starts;
    }

    /// <summary>When another start becomes available, once so many are used up.</summary>
    public DateTimeOffset NextAt(DateTimeOffset now, int used) =>
        now + TimeSpan.FromSeconds(Math.Max(0.001, (1 - (_tokens - used)) / ratePerSecond));
}
