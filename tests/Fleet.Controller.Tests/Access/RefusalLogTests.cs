using Fleet.Controller.Access;
using Fleet.Controller.Identity;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Storage;
using Microsoft.Extensions.Logging;

namespace Fleet.Controller.Tests.Access;

public sealed class RefusalLogTests
{
    private readonly ManualTime _time = new();
    private readonly Lines _lines = new();

    [Fact]
    public void The_first_refusal_is_logged_at_once_and_the_others_as_a_count_each_minute()
    {
        using var log = new RefusalLog(_time, _lines);
        for (var i = 0; i < 1000; i++)
            log.Note(new CallerIdentity.Anonymous("no certificate"), $"10.0.0.{i}", "/x/Y", "no certificate");
        _lines.Texts.ShouldBe(["an anonymous caller from 10.0.0.0 was refused /x/Y: no certificate"]);

        _time.Advance(TimeSpan.FromMinutes(1));
        _lines.Texts.Count.ShouldBe(2);
        _lines.Texts[1].ShouldBe("an anonymous caller was refused /x/Y 999 more times within a minute, the last time from 10.0.0.999");

        // A minute in which nobody comes is not told, and then the first one counts again.
        _time.Advance(TimeSpan.FromMinutes(5));
        _lines.Texts.Count.ShouldBe(2);
        log.Note(new CallerIdentity.Anonymous("no certificate"), "10.0.0.7", "/x/Y", "no certificate");
        _lines.Texts[2].ShouldBe("an anonymous caller from 10.0.0.7 was refused /x/Y: no certificate");
    }

    [Fact]
    public void Callers_are_told_apart_up_to_a_bound()
    {
        using var log = new RefusalLog(_time, _lines);
        for (var i = 0; i < 2000; i++)
            log.Note(new CallerIdentity.Operator($"o-{i}", $"name{i}", OperatorRole.Viewer), "10.0.0.1", "/x/Y", "not with this role");

        _lines.Texts.Count.ShouldBe(257);
        _lines.Texts[^1].ShouldStartWith("other callers from 10.0.0.1 was refused other methods");
        _time.Advance(TimeSpan.FromMinutes(1));
        _lines.Texts.Count.ShouldBe(258);
    }

    private sealed class Lines : ILogger<RefusalLog>
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
