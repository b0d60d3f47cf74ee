namespace Fleet.Agent.Link;

/// <summary>
/// Decides how long to wait before the next connection: full jitter from the first retry on, so that agents that lost the
/// same controller at the same moment do not come back at the same moment.
/// </summary>
/// <remarks>The delay is random between 0 and min(cap, base * 2^n). Not for several threads.</remarks>
internal sealed class ReconnectPolicy(LinkOptions options, Random random)
{
    // 2^20 s is beyond every cap; the exponent must not overflow in an outage of weeks.
    private const int MostDoublings = 20;
    private int _failures;

    /// <summary>The wait after a link, or an attempt at one, ended.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="lasted">How long there was a link; zero where there was none.</param>
    public TimeSpan NextDelay(LinkEnd end, TimeSpan lasted)
    {
        if (lasted >= options.StableAfter)
            _failures = 0;
        var jitter = Jitter(Min(options.BackOffCap, options.BackOffBase * Math.Pow(2, Math.Min(_failures, MostDoublings))));
        _failures = Math.Min(_failures + 1, MostDoublings);
        return end switch
        {
            LinkEnd.Refused => Slow(),
            LinkEnd.Dismissed { Cause: DismissalCause.Revoked or DismissalCause.Incompatible } => Slow(),
            // Two processes with one identity must not throw each other out many times a minute.
            LinkEnd.Dismissed { Cause: DismissalCause.Replaced } => options.BackOffCap + Jitter(options.BackOffCap),
            // What the controller asks for is the least; the jitter goes on top, or all would come at that moment.
            LinkEnd.Dismissed dismissed => Clamp(dismissed.RetryAfter) + (dismissed.RetryAfter > TimeSpan.Zero ? Max(jitter, Jitter(Clamp(dismissed.RetryAfter))) : jitter),
            _ => jitter,
        };
    }

    private TimeSpan Slow() => options.SlowRetry + Jitter(options.SlowRetry / 2);

    private TimeSpan Jitter(TimeSpan most) => most * random.NextDouble();

    private TimeSpan Clamp(TimeSpan asked) => Max(TimeSpan.Zero, Min(asked, options.MostRetryAfter));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
