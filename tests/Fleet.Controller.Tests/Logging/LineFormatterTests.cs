using Fleet.Controller.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Fleet.Controller.Tests.Logging;

public sealed class LineFormatterTests
{
    [Fact]
    public void A_line_shows_message_and_properties_and_cannot_be_forged()
    {
        var line = Write(log => log.ForContext("JobId", "j1").ForContext("SourceContext", "x").Information("host {Host} says {Count}", "web1\n2026 ERR forged", 3));

        line.ShouldContain(" inf host web1 2026 ERR forged says 3 JobId=j1");
        line.Count(c => c == '\n').ShouldBe(1);
        line.ShouldNotContain("SourceContext");
    }

    [Fact]
    public void The_level_changes_while_the_log_is_in_use()
    {
        var levels = new LogLevelControl(LogLevel.Warning);
        var sink = new Lines();
        using var log = new LoggerConfiguration().MinimumLevel.ControlledBy(levels.Switch).WriteTo.Sink(sink).CreateLogger();

        log.Debug("unheard");
        levels.TrySet("debug").ShouldBeTrue();
        log.Debug("heard");
        levels.TrySet("DEBUG").ShouldBeFalse();

        levels.Current.ShouldBe("debug");
        sink.Text.ShouldContain("heard");
        sink.Text.ShouldNotContain("unheard");
    }

    private static string Write(Action<ILogger> write)
    {
        var sink = new Lines();
        using var log = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();
        write(log);
        return sink.Text;
    }

    private sealed class Lines : ILogEventSink
    {
        public string Text { get; private set; } = "";

        public void Emit(LogEvent logEvent)
        {
            using var text = new StringWriter();
            new LineFormatter().Format(logEvent, text);
            Text += text.ToString();
        }
    }
}
