using System.CommandLine;
using Fleet.Cli.Logs;
using Fleet.LogSearch;
using Fleet.Protocol.Units;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Logs;

public sealed class What_grep_asks_for
{
    [Fact]
    public void A_name_stands_before_a_pattern_but_neither_before_a_fixed_string_nor_before_what_is_left_out()
    {
        var named = Matching("-e", "oom=Out of memory", "-e", @"status\=500", "--not", "user=probe");
        named.Patterns.Select(pattern => (pattern.Name, pattern.Text)).ShouldBe([("oom", "Out of memory"), ("", @"status\=500")]);
        named.Exclude.Select(pattern => (pattern.Name, pattern.Text)).ShouldBe([("", "user=probe")]);
        Matching("-F", "-e", "status=500").Patterns.Single().ShouldBe(new LogPattern { Text = "status=500", Fixed = true });
    }

    [Theory]
    [InlineData("--since is later", "--since", "1h", "--until", "2h")]
    [InlineData("--since is later", "--since", "2026-11-20 08:00", "--until", "2026-11-20 07:00")]
    [InlineData("--since is later", "--since", "5m", "--until", "2001-01-01")]
    [InlineData("--time-format \"bogus\" is not supported", "--time-format", "bogus")]
    [InlineData("--time-format \"iso8061\" is not supported", "--time-format", "iso8061")]
    [InlineData("--time-format \"dd.MM.yyyy\" is not supported", "--time-format", "dd.MM.yyyy")]
    public void A_window_that_holds_nothing_and_a_form_that_nobody_knows_are_refused(string fault, params string[] arguments)
    {
        var failure = Should.Throw<CommandFailure>(() => Window(arguments));
        failure.ExitCode.ShouldBe(ExitCode.BadUsage);
        failure.Message.ShouldContain(fault.Replace("--since is", "is", StringComparison.Ordinal));
    }

    [Fact]
    public void Times_ago_are_the_hosts_and_others_are_moments()
    {
        var search = Window("--since", "1h30m", "--until", "5m", "--time-format", "dd.MM.yyyy HH:mm:ss");
        (search.SinceAgoMs, search.UntilAgoMs, search.HasSinceMs).ShouldBe((5_400_000, 300_000, false));
        Window("--since", "2026-11-20T08:00:00Z", "--time-format", "KLOG").SinceMs.ShouldBe(1795161600000);
        Window("--since", "1h").HasUntilMs.ShouldBeFalse();
    }

    [Fact]
    public void A_mistake_in_an_expression_is_shown_in_its_place_with_the_mend()
    {
        Refused("a (b [c)").ShouldBe("""
                a (b [c)
                     ^ invalid regular expression: a class is not closed: ] is missing, or \[ is meant
                hint: to search for the text itself use -F
            """);
        Refused("x(unclosed").ShouldContain("\n     ^ invalid regular expression: Not enough )'s\n");
        Refused("(a)\\1").ShouldContain("this pattern cannot be matched in linear time");
        Refused("(a)\\1").ShouldContain("exclude lines with --not");

        static string Refused(string pattern) =>
            Should.Throw<FleetFormatException>(() => SearchCheck.Check(Search(new LogSource { Files = new FileLogSource { Path = "/x" } }, pattern))).Render();
    }

    [Fact]
    public void Of_a_journal_context_may_be_asked_for_but_no_records_and_no_json_fields()
    {
        var search = Search(new LogSource { Journal = new JournalLogSource() }, "x");
        (search.Before, search.After) = (2, 3);
        SearchCheck.Check(search);
        search.JsonFields.Add("level=error");
        Should.Throw<LogQueryException>(() => SearchCheck.Check(search)).Message.ShouldContain("--json-field requires files");
        search.JsonFields.Clear();
        (search.Before, search.After, search.RecordStart) = (0, 0, new LogPattern { Text = "^x" });
        Should.Throw<LogQueryException>(() => SearchCheck.Check(search)).Message.ShouldContain("--record-start requires files");
    }

    private static SearchLogs Search(LogSource source, string pattern) => new() { Sources = { source }, Patterns = { new LogPattern { Text = pattern } } };

    private static LogMatching Matching(params string[] arguments)
    {
        var command = new Command("grep");
        var options = new LogMatchOptionSet(command);
        return options.Read(command.Parse(arguments), null);
    }

    private static SearchLogs Window(params string[] arguments)
    {
        var command = new Command("grep");
        var options = new WindowOptionSet(command, TimeProvider.System);
        var search = new SearchLogs();
        options.Read(command.Parse(arguments), search);
        return search;
    }
}
