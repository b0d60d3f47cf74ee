namespace Fleet.Agent.Link;

/// <summary>
/// Decides how long to wait before the next connection: full jitter from the first retry on, so that agents that lost the
/// same controller at the same moment do not come back at the same moment.
/// </summary>
/// <remarks>
/// <code>
/// the link broke, nobody answers   random(0, min(cap, base * 2^n)), n the failures so far
/// nobody listens there             random(0, base), for as long as those waits make up <see cref="LinkOptions.SteadyFor"/>; then as above
/// not known here, clocks differ    about a minute, as long as it takes: somebody puts the right store back, or sets a clock
/// the controller stops             what it asks for + random(0, base): no failure, it said so
/// </code>
/// The base is <see cref="LinkOptions.BackOffBase"/>, or the controller's window where that is longer. Not for several threads.
/// </remarks>
internal sealed class ReconnectPolicy(LinkOptions options, Random random)
{
    // 2^20 s is beyond every cap; the exponent must not overflow in an outage of weeks.
    private const int MostDoublings = 20;
    private int _failures;
    private TimeSpan _steady;

    /// <summary>Within which time the controller wants its agents back, by the size of its fleet; zero where it has not said.</summary>
    public TimeSpan Window { get; set; }

    private TimeSpan Base => Min(options.BackOffCap, Max(options.BackOffBase, Window));

    /// <summary>The wait after a link, or an attempt at one, ended.</summary>
    /// <param name="end">How it ended.</param>
    /// <param name="lasted">How long there was a link; zero where there was none.</param>
    public TimeSpan NextDelay(LinkEnd end, TimeSpan lasted)
    {
        if (lasted > TimeSpan.Zero)
            _steady = TimeSpan.Zero;
        if (lasted >= options.StableAfter)
            _failures = 0;
        return end switch
        {
            LinkEnd.Unreachable { IsNobodyThere: true } when _steady < options.SteadyFor => Steady(),
            LinkEnd.Refused { MayPass: true } => options.PassingRetry + Jitter(options.PassingRetry / 2),
            LinkEnd.Refused => Slow(),
            LinkEnd.Dismissed { Cause: DismissalCause.Revoked or DismissalCause.Incompatible } => Slow(),
            // Two processes with one identity must not throw each other out many times a minute.
            LinkEnd.Dismissed { Cause: DismissalCause.Replaced } => options.BackOffCap + Jitter(options.BackOffCap),
            LinkEnd.Dismissed { Cause: DismissalCause.ShuttingDown } stopping => NoSooner(stopping.RetryAfter, Base),
            LinkEnd.Dismissed dismissed => NoSooner(dismissed.RetryAfter, Doubled()),
            _ => Jitter(Doubled()),
        };
    }

    /// <summary>The wait after the host's network has changed: addresses and routes come one after another, and the hosts of a rack come back together.</summary>
    public TimeSpan NextDelayAfterNetworkChange() => (options.NetworkSettles / 2) + Jitter(options.NetworkSettles);

    private TimeSpan Steady()
    {
        var delay = Jitter(Base);
        _steady += delay;
        return delay;
    }

    private TimeSpan Slow() => options.SlowRetry + Jitter(options.SlowRetry / 2);

    // What the controller asks for is the least; the jitter goes on top, or all would come at that moment.
    private TimeSpan NoSooner(TimeSpan asked, TimeSpan bound)
    {
        var least = Max(TimeSpan.Zero, Min(asked, options.MostRetryAfter));
        return least + Jitter(Max(bound, least));
    }

    private TimeSpan Doubled()
    {
        var bound = Min(options.BackOffCap, Base * Math.Pow(2, _failures));
        _failures = Math.Min(_failures + 1, MostDoublings);
        return bound;
    }

    private TimeSpan Jitter(TimeSpan most) => most * random.NextDouble();

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
