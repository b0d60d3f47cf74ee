using Fleet.Hosting.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace Fleet.Controller.Logging;

/// <summary>Builds the log. Besides <c>Program</c> this room alone knows Serilog.</summary>
internal static class LogSetup
{
    // Lines that wait for a slow disk or console; beyond, lines are dropped and counted, because a full disk under the log
    // must not stop the fleet.
    private const int WaitingLines = 16_384;

    /// <summary>Builds the log.</summary>
    /// <param name="options">Where it goes.</param>
    /// <param name="level">Its level.</param>
    /// <param name="drops">Counts lines that were dropped.</param>
    public static Logger Create(LogOptions options, LogLevelControl level, LogDrops drops)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(level.Switch)
            // The framework's own lines, one for each connection and request, are of use only to those who look for them.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Warning)
            .MinimumLevel.Override("Grpc", LogEventLevel.Warning)
            .Enrich.FromLogContext();
        ITextFormatter formatter = options.Format == LogFormat.Json ? new JsonFormatter(renderMessage: true) : new LineFormatter();
        if (options.Console)
            configuration.WriteTo.Async(sink => sink.Console(formatter), WaitingLines, blockWhenFull: false, drops.Watch("console"));
        if (options.File is { } path)
        {
            configuration.WriteTo.Async(
                sink => sink.File(
                    formatter,
                    path,
                    fileSizeLimitBytes: options.FileBytes,
                    rollingInterval: RollingInterval.Day,
                    rollOnFileSizeLimit: true,
                    retainedFileCountLimit: options.FilesKept),
                WaitingLines,
                blockWhenFull: false,
                drops.Watch("file"));
        }

        return configuration.CreateLogger();
    }
}
