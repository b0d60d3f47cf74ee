using System.Text.Json;
using Fleet.Cli.Output;
using Fleet.Cli.Tail;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Cli.Tests.Tail;

/// <summary>What a tail looks like, for people and for programs.</summary>
public sealed class Tails_shown
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Hosts_stand_before_their_lines_and_what_is_left_out_is_said_where_it_is_missing()
    {
        var (screen, text) = Some.Screen();
        var (end, tally) = await ShowAsync(new TailTextPrinter(screen, showsSource: false), Replies());
        end.ShouldBe(TailEnd.NobodyLeft);
        (tally.Lines, tally.LeftOut, tally.HostsShown).ShouldBe((3, 12_345UL, 2));
        text.ToString().ShouldContain("web1  | first ... (truncated)\nweb1  = 12,345 lines dropped here\nweb10 | second ... (truncated)\nweb1  | third ... (truncated)\nweb1  = /a: is gone\n");
    }

    [Fact]
    public async Task On_a_terminal_each_host_has_its_color_and_matches_stand_out_but_a_host_cannot_move_the_cursor()
    {
        var (terminal, text) = Some.Terminal();
        var screen = terminal with { Err = new ScreenWriter(TextWriter.Null, isTerminal: true, hasColors: true, width: 80) };
        var line = new LogLine { Text = ByteString.CopyFromUtf8("an error\u001b[2J"), TimeUs = 5, Ranges = { 3, 5, 100, 7, uint.MaxValue, uint.MaxValue } };
        await ShowAsync(new TailTextPrinter(screen, showsSource: true), [Hosts(["web1"]), Lines("web1", line)]);
        text.ToString().ShouldMatch("^(\u001b\\[\\d+m)web1\u001b\\[0m\\1 /a\u001b\\[0m \\| an \u001b\\[1;91merror\u001b\\[0m[^\u001b]+\n$");
    }

    [Fact]
    public async Task After_enough_lines_it_ends_and_no_more_are_shown()
    {
        var text = new StringWriter();
        var (end, tally) = await ShowAsync(new TailJsonPrinter(text), Replies(), mostLines: 2);
        (end, tally.Lines).ShouldBe((TailEnd.EnoughLines, 2));
        text.ToString().ShouldNotContain("third");
    }

    [Fact]
    public async Task An_output_that_is_closed_ends_it()
    {
        var (end, _) = await ShowAsync(new TailJsonPrinter(new ClosedWriter()), Replies());
        end.ShouldBe(TailEnd.OutputClosed);
    }

    [Fact]
    public async Task Programs_get_an_object_for_each_line_count_note_and_change_of_hosts()
    {
        var printed = await PrintedAsync();
        printed.ConvertAll(line => line.GetProperty("type").GetString()).ShouldBe(["hosts", "line", "dropped", "line", "line", "note", "hosts", "summary"]);
        printed[2].GetProperty("lines").GetInt32().ShouldBe(12_345);
        printed[6].GetProperty("failed")[0].GetProperty("reason").GetString().ShouldBe("it went offline");
    }

    [Fact]
    public void Hosts_that_come_go_and_come_back_are_told_apart()
    {
        var tally = new TailTally();
        tally.Take(Hosts(["a", "b"], ("c", "the agent is offline")).Hosts).Begun.ShouldBe(["a", "b"]);
        var away = tally.Take(Hosts(["a"], ("b", "it went offline"), ("c", "the agent is offline")).Hosts);
        away.Gone.ShouldBe([("b", "it went offline")]);
        (away.Begun.Count, away.Back.Count).ShouldBe((0, 0));
        var back = tally.Take(Hosts(["a", "b", "c"]).Hosts);
        back.Back.ShouldBe(["b"]);
        back.Begun.ShouldBe(["c"]);
        (tally.Following, tally.Ended.Count).ShouldBe((3, 0));
    }

    /// <summary>All that is printed for programs.</summary>
    internal static async Task<List<JsonElement>> PrintedAsync()
    {
        var text = new StringWriter();
        var printer = new TailJsonPrinter(text);
        var (_, tally) = await ShowAsync(printer, [.. Replies(), Hosts(["web10"], ("web1", "it went offline"))]);
        printer.Finish(tally, TimeSpan.FromSeconds(1));
        return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static async Task<(TailEnd End, TailTally Tally)> ShowAsync(ITailPrinter printer, IReadOnlyList<TailReply> replies, long mostLines = long.MaxValue)
    {
        var tally = new TailTally();
        var stream = new TailStream(printer, tally, mostLines, TimeProvider.System);
        var end = await stream.RunAsync(new ListReader(replies), CancellationToken.None, CancellationToken.None).WaitAsync(s_limit);
        return (end, tally);
    }

    private static TailReply[] Replies() =>
    [
        Hosts(["web1", "web10"]),
        Lines("web10", Line(20, "second")),
        Lines("web1", Line(10, "first")),
        new TailReply { Lines = new HostLines { AgentName = "web1", Lines = new TailLines { Dropped = 12_345, Lines = new LogLines { Source = "/a", Lines = { Line(30, "third") } } } } },
        new TailReply { Lines = new HostLines { AgentName = "web1", Lines = new TailLines { Note = "is gone", Lines = new LogLines { Source = "/a" } } } },
    ];

    private static LogLine Line(long timeUs, string text) => new() { TimeUs = timeUs, Text = ByteString.CopyFromUtf8(text), Ranges = { 0, 1 }, Patterns = { 0 }, Truncated = true };

    private static TailReply Lines(string host, params LogLine[] lines) =>
        new() { Lines = new HostLines { AgentName = host, Lines = new TailLines { Lines = new LogLines { Source = "/a", Lines = { lines } } } } };

    private static TailReply Hosts(string[] following, params (string Host, string Reason)[] ended) => new()
    {
        Hosts = new TailHosts { Following = { following }, Ended = { ended.Select(host => new TailHostEnd { AgentName = host.Host, Reason = host.Reason }) } },
    };

    private sealed class ListReader(IReadOnlyList<TailReply> replies) : IAsyncStreamReader<TailReply>
    {
        private int _next;

        public TailReply Current => replies[_next - 1];

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(_next++ < replies.Count);
    }

    private sealed class ClosedWriter : StringWriter
    {
        public override void Flush() => throw new IOException("Broken pipe");
    }
}
