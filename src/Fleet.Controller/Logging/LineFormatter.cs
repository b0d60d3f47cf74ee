using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

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
        WriteMessage(logEvent, output);
        foreach (var (name, value) in logEvent.Properties)
        {
            if (IsNoise(name) || logEvent.MessageTemplate.Text.Contains($"{{{name}", StringComparison.Ordinal))
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

    // The framework's own scopes; JSON keeps them.
    private static bool IsNoise(string property) => property is "SourceContext" or "EventId" or "RequestId" or "RequestPath" or "ConnectionId";

    // Serilog's own rendering puts every text in quotes.
    private static void WriteMessage(LogEvent logEvent, TextWriter output)
    {
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (token is PropertyToken { PropertyName: var name } && logEvent.Properties.GetValueOrDefault(name) is ScalarValue { Value: string text })
            {
                WriteOneLine(text, output);
                continue;
            }

            using var rendered = new StringWriter(CultureInfo.InvariantCulture);
            token.Render(logEvent.Properties, rendered, CultureInfo.InvariantCulture);
            WriteOneLine(token is PropertyToken ? rendered.ToString().Trim('"') : rendered.ToString(), output);
        }
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
