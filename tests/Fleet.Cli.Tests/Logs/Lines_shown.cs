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
        var text = new StringWriter { NewLine = "\n" };
        var console = Screen.Create(text, isTerminal, plain: false, width: 200);
        new LineReport(new Screen(console, console, isTerminal, isTerminal, null), search).Take("web1", [new LogResult { Lines = lines }]);
        return text.ToString();
    }
}
