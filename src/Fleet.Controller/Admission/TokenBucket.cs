namespace Fleet.Controller.Admission;

/// <summary>A rate over a second's average: a bucket that holds one second's worth. Full at first. Its owner's lock guards it.</summary>
/// <remarks><c>System.Threading.RateLimiting</c> has one too, but with a clock of its own and nothing that shares it fairly.</remarks>
internal sealed class TokenBucket
{
    private double _missing;
    private long _at;

    /// <summary>What is in it.</summary>
    public double Level(int perSecond, TimeProvider time)
    {
        if (_missing > 0)
        {
            var now = time.GetTimestamp();
            _missing = Math.Max(0, _missing - (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
            _at = now;
        }

        return perSecond - _missing;
    }

    /// <summary>Takes one out.</summary>
    public void Take(TimeProvider time)
    {
        if (_missing == 0)
            _at = time.GetTimestamp();
        _missing++;
    }
}
