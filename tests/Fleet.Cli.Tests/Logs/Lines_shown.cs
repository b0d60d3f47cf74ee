using System.Text;
using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Tests.Logs;

public sealed class Lines_shown
{
    private static readonly LogLines s_file = new()
    {
        Source = "/a.log",
        Lines =
        {
            new LogLine { Text = ByteString.CopyFromUtf8("before"), Number = 6, Context = true },
            new LogLine { Text = ByteString.CopyFromUtf8("an ERROR, größer\u001b[2J"), Number = 7, Ranges = { 3, 5 } },
            new LogLine { Text = ByteString.CopyFromUtf8("an ERROR"), Number = 10, Ranges = { 3, 5 }, GapBefore = true },
        },
    };

    [Fact]
    public void In_a_terminal_what_matched_is_red_and_lines_cannot_write_to_it()
    {
        var text = Shown(isTerminal: true, s_file, new SearchLogs { Before = 1 });
        text.ShouldContain("an \u001b[1;91mERROR\u001b[0m, größer^[[2J\n");
        text.ShouldContain("6-\u001b[0mbefore\n");
    }

    [Fact]
    public void In_a_pipe_lines_are_as_grep_prints_them() =>
        Shown(isTerminal: false, s_file, new SearchLogs { Before = 1 }).ShouldBe("--- web1 /a.log\n6-before\n7:an ERROR, größer\u001b[2J\n--\n10:an ERROR\n");

    [Fact]
    public void A_line_of_a_log_cannot_make_a_heading()
    {
        var lines = new LogLines
        {
            Source = "/a.log",
            Lines =
            {
                new LogLine { Text = ByteString.CopyFromUtf8("--- web9 /b.log") },
                new LogLine { Text = ByteString.CopyFromUtf8("first\n--- web9 /b.log"), Number = 3, Ranges = { 0, 5 } },
            },
        };
        Shown(isTerminal: false, lines, new SearchLogs()).ShouldBe("--- web1 /a.log\n --- web9 /b.log\n3:first\n --- web9 /b.log\n");
    }

    [Fact]
    public void Many_matches_in_many_lines_are_highlighted_at_once()
    {
        // A parser of markup for each of them took 1.3 s for 335 KB.
        var text = Encoding.ASCII.GetBytes(new string('x', 100));
        var ranges = Enumerable.Range(0, 100).SelectMany(i => (uint[])[(uint)i, 1]).ToList();
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 3_350; i++)
            HighlightedText.Write(new ScreenWriter(TextWriter.Null, isTerminal: true, hasColors: true, width: 80), text, ranges);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Entries_of_a_journal_stand_by_their_times()
    {
        var journal = new LogLines
        {
            Source = "journal",
            Lines =
            {
                new LogLine { Text = ByteString.CopyFromUtf8("before"), Cursor = "s=1", TimeUs = 1_000_000, Context = true },
                new LogLine { Text = ByteString.CopyFromUtf8("panic"), Cursor = "s=2", TimeUs = 2_000_000, Ranges = { 0, 5 } },
            },
        };
        var (first, second) = (LineTime.Local(1_000_000), LineTime.Local(2_000_000));
        Shown(isTerminal: false, journal, new SearchLogs { Before = 1 }).ShouldBe($"--- web1 journal\n{first}- before\n{second}: panic\n");
        Shown(isTerminal: false, journal, new SearchLogs()).ShouldBe($"--- web1 journal\n{first} before\n{second} panic\n");
    }

    private static string Shown(bool isTerminal, LogLines lines, SearchLogs search)
    {
        var (screen, text) = isTerminal ? Some.Terminal() : Some.Screen();
        new LineReport(screen, search).Take("web1", [new LogResult { Lines = lines }]);
        return text.ToString();
    }
}
