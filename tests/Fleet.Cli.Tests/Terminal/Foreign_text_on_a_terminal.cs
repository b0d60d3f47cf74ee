using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fleet.Cli.Connection;
using Fleet.Cli.Interrupt;
using Fleet.Cli.Output;
using Grpc.Core;

namespace Fleet.Cli.Tests.Terminal;

/// <summary>
/// Every command against a controller whose every text is hostile: whatever is printed, no escape sequence, no control character and nothing invisible
/// reaches the terminal, and no line is printed that looks like Fleet's own.
/// </summary>
public sealed partial class Foreign_text_on_a_terminal : IDisposable
{
    /// <summary>C0, C1, sequences with and without an end, bidi and zero-width characters, line breaks of all kinds, and a forged heading.</summary>
    private const string Hostile =
        "x\u001b]0;TITLE\u0007\u001b[2J\u001b[31mred\u001b[0m\u001bc\u001b]52;c;QQ==\u001b\\\u009b2J\u0085\u0000\b\u007f\u202eevil\u202c\u2066\u2069\u200b\u200d\u2060\ufeff\u00ad\u200f\u061c\u2028\u2029"
        + "\U000e0041\r\n--- web9 succeeded\r--- web9 failed\n--- web[1-3] (3 hosts) succeeded\n";

    /// <summary>Commands that need more than a controller that answers: files, ssh, a login. Their texts go through the same writer.</summary>
    private static readonly string[] s_others =
    [
        "script", "scan apply", "scan check", "scan packs", "agents install", "agents upgrade", "login", "completion bash", "completion zsh", "completion fish", "context list", "context use", "context proxy", "context remove", "hits --follow",
    ];

    private static readonly string[] s_tables = ["jobs list", "jobs show last --tasks", "scan", "alerts", "agents", "token", "operators", "controller", "grep x * -f /a --count"];

    private readonly FilledRun _run = new();

    public void Dispose() => _run.Dispose();

    public static TheoryData<string> CommandLines => [.. FilledRun.CommandLines];

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task Answers_of_the_controller_are_inert(string commandLine)
    {
        for (var turn = 0; turn < FilledMessages.Turns; turn++)
        {
            var (screen, text) = Some.Terminal(width: 100);
            await _run.RunAsync(screen, commandLine, new FilledController(Hostile, turn, FilledRun.IsSearch(commandLine, turn), refusal: null));
            AssertInert(text.ToString(), $"{commandLine}, turn {turn}");
        }
    }

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task In_a_pipe_no_line_looks_like_Fleets_own(string commandLine)
    {
        for (var turn = 0; turn < FilledMessages.Turns; turn++)
        {
            var (screen, text) = Some.Screen();
            await _run.RunAsync(screen, commandLine, new FilledController(Hostile, turn, FilledRun.IsSearch(commandLine, turn), refusal: null));
            AssertNothingForged(text.ToString(), $"{commandLine}, turn {turn}");
        }
    }

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task Refusals_of_the_controller_are_inert(string commandLine)
    {
        foreach (var code in Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK && !CallFailures.IsPassing(new RpcException(new Status(code, "")))))
        {
            var (screen, text) = Some.Terminal(width: 100);
            await _run.RunAsync(screen, commandLine, new FilledController(Hostile, 0, isSearch: false, code));
            text.ToString().ShouldContain("fleet:", customMessage: $"{commandLine}, {code}");
            AssertInert(text.ToString(), $"{commandLine}, {code}");
        }
    }

    [Fact]
    public void Every_command_is_tried_or_named_as_one_that_cannot_be()
    {
        var (screen, _) = Some.Screen();
        using var ctrlC = new CtrlC();
        var tried = FilledRun.CommandLines.Concat(s_others).ToList();
        Leaves(CommandTree.Create(_run.Context(screen, ctrlC, new FilledController("", 0, isSearch: false, refusal: null))), "")
            .Where(path => !tried.Any(line => line == path || line.StartsWith(path + " ", StringComparison.Ordinal)))
            .ShouldBeEmpty("a new command belongs into the list above");
    }

    [Fact]
    public void What_carries_a_text_in_the_protocol_is_filled()
    {
        foreach (var message in Fleet.Protocol.V1.TaskReflection.Descriptor.MessageTypes.Concat(Fleet.Protocol.V1.JobsReflection.Descriptor.MessageTypes)
            .Concat(Fleet.Protocol.V1.AgentsReflection.Descriptor.MessageTypes).Concat(Fleet.Protocol.V1.ScansReflection.Descriptor.MessageTypes))
        {
            var filled = Enumerable.Range(0, FilledMessages.Turns).Select(turn =>
            {
                var instance = (Google.Protobuf.IMessage)Activator.CreateInstance(message.ClrType)!;
                new FilledMessages("TEXT", turn).Fill(instance);
                return instance;
            }).ToList();
            foreach (var field in message.Fields.InDeclarationOrder().Where(field => field.FieldType == Google.Protobuf.Reflection.FieldType.String && !field.IsRepeated && field.Name != "next_page_token"))
                filled.ShouldContain(instance => (string)field.Accessor.GetValue(instance) == "TEXT", field.FullName);
        }
    }

    [Theory]
    [InlineData("a\u001b[31mb", "a^[[31mb")]
    [InlineData("a\u009b2Jb\u0085", "a\\u009b2Jb\\u0085")]
    [InlineData("a\u202eb\u200b\ufeff", "a\\u202eb\\u200b\\ufeff")]
    [InlineData("\U000e0041", "\\udb40\\udc41")]
    [InlineData("größer 日本 👍 e\u0301", "größer 日本 👍 e\u0301")]
    [InlineData("a\r\nb\rc\td\u007f", "a\nb^Mc\td^?")]
    public void What_is_written_becomes_visible(string written, string shown)
    {
        var (screen, text) = Some.Terminal();
        screen.Out.Write(written);
        screen.Out.Write("");
        text.ToString().ShouldBe(shown);
    }

    [Fact]
    public void Half_a_character_becomes_visible()
    {
        var (screen, text) = Some.Terminal();
        screen.Out.Write("a\ud800b");
        text.ToString().ShouldBe("a\\ud800b");
    }

    [Fact]
    public void A_carriage_return_and_its_line_feed_may_come_apart()
    {
        var (screen, text) = Some.Terminal();
        screen.Out.Write("one\r");
        screen.Out.WriteLine();
        screen.Out.Write("two\r");
        screen.Out.Write("three\r");
        screen.Out.WriteStyled(TextStyle.Red, "four");
        text.ToString().ShouldBe("one\ntwo^Mthree^M\u001b[91mfour\u001b[0m");
    }

    [Fact]
    public void Only_the_screen_writes_to_the_process_own_streams()
    {
        var sources = Repository.At("src", "Fleet.Cli");
        var forbidden = new[] { "Console.Out", "Console.Error", "Console.Write", "OpenStandardOutput", "OpenStandardError", "AnsiConsole", "\\u001b", "\\x1b", "\\e[" };
        foreach (var file in Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/Output/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            var source = File.ReadAllText(file);
            forbidden.ShouldAllBe(word => !source.Contains(word, StringComparison.Ordinal), file);
        }
    }

    private static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [path]
        : command.Subcommands.SelectMany(child => Leaves(child, path.Length == 0 ? child.Name : $"{path} {child.Name}"));

    private static void AssertInert(string printed, string what)
    {
        // Fleet's own: its styles, and the line that is drawn over.
        var foreign = DrawnOver().Replace(printed, "$1");
        foreign = TextStyle.All.Aggregate(foreign, (text, style) => text.Replace(style.Sequence, "", StringComparison.Ordinal));
        foreach (var rune in foreign.EnumerateRunes().Where(rune => rune.Value is not ('\n' or '\t')))
        {
            Rune.GetUnicodeCategory(rune).ShouldNotBeOneOf(
                [UnicodeCategory.Control, UnicodeCategory.Format, UnicodeCategory.LineSeparator, UnicodeCategory.ParagraphSeparator, UnicodeCategory.Surrogate],
                $"{what}: U+{rune.Value:X4} in {foreign}");
        }

        // The cells of tables are wrapped, so that any piece of one may begin a line, with the other columns beside it.
        if (!s_tables.Any(table => what.StartsWith(table, StringComparison.Ordinal)))
            AssertNothingForged(foreign, what);
    }

    [GeneratedRegex("\r([^\r\n\u001b]*)\u001b\\[K")]
    private static partial Regex DrawnOver();

    private static void AssertNothingForged(string printed, string what) =>
        printed.Split('\n').ShouldAllBe(line => !line.StartsWith("--- web9", StringComparison.Ordinal) && !line.StartsWith("--- web[1-3]", StringComparison.Ordinal), $"{what}: {printed}");
}
