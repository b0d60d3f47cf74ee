namespace Fleet.Controller.Logging;

/// <summary>Says in the log, once a minute at most, that lines are missing from it.</summary>
internal sealed partial class LogDropsReport(LogDrops drops, TimeProvider time, ILogger<LogDropsReport> logger) : BackgroundService
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var reported = new Dictionary<string, long>();
        using var timer = new PeriodicTimer(s_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (sink, dropped) in drops.Counts)
            {
                var missing = dropped - reported.GetValueOrDefault(sink);
                if (missing == 0)
                    continue;
                reported[sink] = dropped;
                LogDropped(missing, sink);
            }
        }
    }

    [LoggerMessage(3400, LogLevel.Warning, "{Count} log lines were dropped because the {Sink} was too slow")]
    private partial void LogDropped(long count, string sink);
}
