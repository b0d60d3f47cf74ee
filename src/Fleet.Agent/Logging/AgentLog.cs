using System.Globalization;
using Fleet.Hosting.Logging;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;

namespace Fleet.Agent.Logging;

/// <summary>Sets logging up: standard output as text or JSON, a rolling file besides, and a level that can change while it runs.</summary>
internal sealed class AgentLog : IDisposable
{
    private const string TextForm = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj}{TaskPart}{NewLine}{Exception}";
    private readonly LoggingLevelSwitch _level;
    private LogEventLevel _usual;
    private readonly SerilogLoggerFactory _factory;

    /// <param name="options">What is logged.</param>
    /// <param name="agent">This agent's name; on every line.</param>
    public AgentLog(LogOptions options, string agent)
    {
        // Both count from 0 in the same order.
        _usual = (LogEventLevel)options.Level;
        _level = new LoggingLevelSwitch(_usual);
        var configuration = new LoggerConfiguration()
            .MinimumLevel.ControlledBy(_level)
            .Enrich.FromLogContext()
            .Enrich.WithProperty("Agent", agent)
            .Enrich.With<TaskPart>();
        if (options is { Console: true, Format: LogFormat.Json })
            configuration.WriteTo.Console(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture));
        else if (options.Console)
            configuration.WriteTo.Console(outputTemplate: TextForm, formatProvider: CultureInfo.InvariantCulture, theme: Serilog.Sinks.SystemConsole.Themes.ConsoleTheme.None);
        if (options.File is { } file)
        {
            configuration.WriteTo.File(
                new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture),
                file,
                fileSizeLimitBytes: options.FileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: options.FilesKept);
        }

        _factory = new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }

    /// <summary>Makes loggers.</summary>
    public ILoggerFactory Factory => _factory;

    /// <summary>Switches between the usual level and debug; returns the level that is now.</summary>
    public LogLevel ToggleDebug()
    {
        _level.MinimumLevel = _level.MinimumLevel == LogEventLevel.Debug ? _usual : LogEventLevel.Debug;
        return (LogLevel)_level.MinimumLevel;
    }

    /// <summary>Changes the usual level; where it is what it was, debug that was switched on stays on.</summary>
    public void UseLevel(LogLevel level)
    {
        if (_usual == (LogEventLevel)level)
            return;
        _usual = (LogEventLevel)level;
        _level.MinimumLevel = _usual;
    }

    public void Dispose() => _factory.Dispose();

    /// <summary>For lines of text: the task they are about, behind the message.</summary>
    private sealed class TaskPart : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            var part = logEvent.Properties.TryGetValue("TaskId", out var id) && id is ScalarValue { Value: string text } ? $" [{text}]" : "";
            logEvent.AddPropertyIfAbsent(new LogEventProperty(nameof(TaskPart), new ScalarValue(part)));
        }
    }
}
