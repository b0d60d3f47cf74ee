using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace Fleet.Controller.Logging;

/// <summary>
/// One line an event: time, level, message, then the properties that the message does not show, such as
/// <c>JobId=j-... TaskId=... Agent=web1</c>. So one grep follows a job. Line breaks inside values are shown as spaces:
/// a peer's text must not be able to forge a line.
/// </summary>
internal sealed class LineFormatter : ITextFormatter
{
    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write(' ');
        output.Write(Level(logEvent.Level));
        output.Write(' ');
        WriteOneLine(logEvent.RenderMessage(CultureInfo.InvariantCulture), output);
        foreach (var (name, value) in logEvent.Properties)
        {
            if (name is "SourceContext" or "EventId" || logEvent.MessageTemplate.Text.Contains($"{{{name}", StringComparison.Ordinal))
                continue;
            output.Write(' ');
            output.Write(name);
            output.Write('=');
            WriteOneLine(value.ToString("l", CultureInfo.InvariantCulture), output);
        }

        output.WriteLine();
        if (logEvent.Exception is not null)
            output.WriteLine(logEvent.Exception.ToString());
    }

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "vrb",
        LogEventLevel.Debug => "dbg",
        LogEventLevel.Information => "inf",
        LogEventLevel.Warning => "WRN",
        LogEventLevel.Error => "ERR",
        _ => "FTL",
    };

    private static void WriteOneLine(string text, TextWriter output)
    {
        foreach (var c in text)
            output.Write(char.IsControl(c) ? ' ' : c);
    }
}
