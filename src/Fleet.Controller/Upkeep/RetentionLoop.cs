using Fleet.Storage;

namespace Fleet.Controller.Upkeep;

/// <summary>Forgets what is old, now and then.</summary>
internal sealed partial class RetentionLoop(IFleetStore store, HitRetention hits, UpkeepOptions options, TimeProvider time, ILogger<RetentionLoop> log)
{
    /// <summary>The loop. Ends when the token says so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Period, time);
        try
        {
            do
                await SweepAsync(cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var report = await store.Retention.SweepAsync(options.ToPolicy(), now, cancellationToken);
            await store.Revocations.ForgetEndedAsync(now, cancellationToken);
            await hits.SweepAsync(now, cancellationToken);
            if (report.JobsDeleted > 0 || report.OutputsDropped > 0)
                LogRemoved(log, report.JobsDeleted, report.OutputsDropped, report.EventsDeleted, report.OutputBytesDeleted, report.LongestSlice);
        }
        catch (StoreException e)
        {
            LogFailed(log, e);
        }
    }

    [LoggerMessage(4900, LogLevel.Information,
        "Retention removed {Jobs} jobs and the output of {Outputs} more: {Events} events, {Bytes} bytes; longest slice {LongestSlice}")]
    private static partial void LogRemoved(ILogger log, int jobs, int outputs, long events, long bytes, TimeSpan longestSlice);

    [LoggerMessage(4901, LogLevel.Error, "Retention failed; it tries again at its next turn")]
    private static partial void LogFailed(ILogger log, Exception error);
}
