// What Kestrel logs is not written with our generator.
#pragma warning disable CA1848, CA1873
using Fleet.Controller.Logging;
using Fleet.Tests;
using Microsoft.Extensions.Logging;

namespace Fleet.Controller.Tests.Logging;

public sealed class PeerLinesTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_few_lines_of_a_peer_are_written_and_the_others_told_as_a_count_each_minute()
    {
        var log = new LogLines<PeerLines>();
        using var lines = new PeerLines(_time, log);
        Enumerable.Range(0, 100).Count(i => lines.AdmitsOfAgent("web1", "linked", $"from {i}", atOnce: 10)).ShouldBe(10);
        lines.AdmitsOfAgent("web2", "linked", "", atOnce: 10).ShouldBeTrue();
        lines.AdmitsOfAgent("web1", "violated the protocol", "").ShouldBeTrue();
        log.Take().ShouldBeEmpty();

        _time.Advance(TimeSpan.FromMinutes(1));
        log.Take().ShouldBe(["Warning: web1: linked, 90 more times within a minute; the last one: from 99"]);

        // As long as it goes on, a line a minute; after a quiet one, in full again.
        lines.AdmitsOfAgent("web1", "linked", "again", atOnce: 10).ShouldBeFalse();
        _time.Advance(TimeSpan.FromMinutes(1));
        log.Take().Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromMinutes(1));
        log.Take().ShouldBeEmpty();
        lines.AdmitsOfAgent("web1", "linked", "", atOnce: 10).ShouldBeTrue();
    }

    [Fact]
    public void Peers_without_number_are_one_line_beyond_a_bound()
    {
        var log = new LogLines<PeerLines>();
        using var lines = new PeerLines(_time, log);
        Enumerable.Range(0, 100_000).Count(i => lines.Admits($"10.0.0.{i}", "sent a join token that is not ours", "")).ShouldBe(257);
        _time.Advance(TimeSpan.FromMinutes(1));
        log.Take().ShouldBe([$"Warning: other peers: other lines, {100_000 - 257} more times within a minute; the last one: "]);

        // A whole fleet that comes back is told agent by agent.
        Enumerable.Range(0, 20_000).Count(i => lines.AdmitsOfAgent($"web{i}", "linked", "")).ShouldBe(20_000);
    }

    [Fact]
    public void What_Kestrel_calls_critical_of_a_connection_is_a_warning_without_a_stack_and_written_once_a_minute()
    {
        var provider = new Provider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(new ServerFaults(provider, _time)));
        var kestrel = factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");
        for (var i = 0; i < 1000; i++)
        {
            kestrel.Log(
                LogLevel.Critical, new EventId(60, "Http2ConnectionQueueOperationsExceeded"), new InvalidOperationException("too many"),
                "Connection id \"{ConnectionId}\" exceeded the output operations maximum queue size of {MaximumQueueSize}.", $"c{i}", 4096);
        }

        provider.Lines.Take().ShouldBe(["Warning: Connection id \"c0\" exceeded the output operations maximum queue size of 4096. too many"]);
        _time.Advance(TimeSpan.FromMinutes(1));
        provider.Lines.Take().ShouldHaveSingleItem().ShouldStartWith(
            "Warning: Http2ConnectionQueueOperationsExceeded (InvalidOperationException): 999 more times within a minute; the last one: Connection id \"c999\"");
    }

    [Fact]
    public void What_it_says_of_the_server_itself_and_what_others_say_stays_what_it_is()
    {
        var provider = new Provider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(new ServerFaults(provider, _time)));
        var died = "The connection listener failed to accept any new connections.";
        factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").LogCritical("{Text}", died);
        factory.CreateLogger("Fleet.Controller").LogCritical("{ConnectionId}", "ours");
        provider.Lines.Take().ShouldBe([$"Critical: {died}", "Critical: ours"]);

        // An unhandled exception is an error of ours, and keeps its stack.
        factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").LogError(13, new InvalidOperationException("x"), "{ConnectionId} threw", "c1");
        provider.Lines.Take().ShouldBe(["Error: c1 threw"]);
    }

    [Fact]
    public void What_gRPC_calls_an_error_is_what_a_peer_sent_a_warning_without_a_stack_and_written_once_a_minute()
    {
        var provider = new Provider();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(new ServerFaults(provider, _time)));
        var calls = factory.CreateLogger("Grpc.AspNetCore.Server.ServerCallHandler");
        for (var i = 0; i < 100; i++)
            calls.Log(LogLevel.Error, new EventId(6, "ErrorExecutingServiceMethod"), new InvalidDataException("Unexpected flag."), "Error when executing '{Method}'.", "GetTrust");

        provider.Lines.Take().ShouldBe(["Warning: Error when executing 'GetTrust'. Unexpected flag."]);
    }

    private sealed class Provider : ILoggerProvider
    {
        public LogLines<PeerLinesTests> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => Lines;

        public void Dispose()
        {
        }
    }
}
