using System.Buffers.Binary;
using Fleet.Controller.Identity;
using Fleet.Hosting.Settings;
using Fleet.Storage;

namespace Fleet.Controller.Upkeep;

/// <summary>
/// Forgets what is old, now and then: first after a whole period, and by its age only while the clock is believed (<see cref="ClockTrust"/>).
/// What there is too much of goes in any case.
/// </summary>
internal sealed partial class RetentionLoop(
    IFleetStore store, HitRetention hits, Reloadable<RetentionOptions> options, Reloadable<CertificateOptions> certificates, TimeProvider time, ILogger<RetentionLoop> log)
{
    /// <summary>Where the store keeps the time of the last look by a clock that was believed.</summary>
    public const string ClockSetting = "upkeep-clock";

    private readonly ClockTrust _clock = new(time, options);
    private bool _wasDoubted;

    /// <summary>The loop. Ends when the token says so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        try
        {
            await BeginAsync(cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await SweepAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            var noted = await store.Settings.GetAsync(ClockSetting, cancellationToken);
            _clock.Begin(noted is { Length: sizeof(long) }
                ? DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(noted))
                : await store.Retention.FindNewestAsync(cancellationToken));
        }
        catch (StoreException e)
        {
            LogFailed(log, e);
        }

        TellDoubt();
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isBelieved = _clock.Look();
            TellDoubt();
            var now = time.GetUtcNow();
            var policy = isBelieved ? options.Value.ToPolicy() : options.Value.ToPolicy() with { MaxOutputAge = null, MaxJobAge = null };
            var report = await store.Retention.SweepAsync(policy, now, cancellationToken);
            await hits.SweepAsync(isBelieved ? now : null, cancellationToken);
            if (isBelieved)
                await RememberAsync(now, cancellationToken);
            if (report.JobsDeleted > 0 || report.OutputsDropped > 0)
                LogRemoved(log, report.JobsDeleted, report.OutputsDropped, report.EventsDeleted, report.OutputBytesDeleted, report.LongestSlice);
        }
        catch (StoreException e)
        {
            LogFailed(log, e);
        }
    }

    private async Task RememberAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A revocation that is gone lets its certificate in again should the clock turn out to be ahead: it stays for twice the longest life more.
        var life = certificates.Value.OperatorLifetime > certificates.Value.AgentLifetime ? certificates.Value.OperatorLifetime : certificates.Value.AgentLifetime;
        await store.Revocations.ForgetEndedAsync(now - (2 * life), cancellationToken);
        var noted = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(noted, now.ToUnixTimeMilliseconds());
        await store.Settings.SetAsync(ClockSetting, noted, cancellationToken);
    }

    private void TellDoubt()
    {
        if (_clock.Doubt is { } doubt && !_wasDoubted)
            LogDoubted(log, doubt, _clock.BelievedIn, $"{time.GetUtcNow():yyyy-MM-dd}");
        else if (_clock.Doubt is null && _wasDoubted)
            LogBelieved(log);
        _wasDoubted = _clock.Doubt is not null;
    }

    [LoggerMessage(4900, LogLevel.Information,
        "Retention removed {Jobs} jobs and the output of {Outputs} more: {Events} events, {Bytes} bytes; longest slice {LongestSlice}")]
    private static partial void LogRemoved(ILogger log, int jobs, int outputs, long events, long bytes, TimeSpan longestSlice);

    [LoggerMessage(4901, LogLevel.Error, "Retention failed; it will be retried in its next cycle")]
    private static partial void LogFailed(ILogger log, Exception error);

    [LoggerMessage(4903, LogLevel.Error,
        "The clock is not trusted: {Reason}. Nothing is removed because of its age for {For}, as long as the clock runs steadily; if {Date} is correct, set retention.confirmClock to it and reload")]
    private static partial void LogDoubted(ILogger log, string reason, TimeSpan @for, string date);

    [LoggerMessage(4904, LogLevel.Information, "The clock is trusted again; expired data is removed")]
    private static partial void LogBelieved(ILogger log);
}
