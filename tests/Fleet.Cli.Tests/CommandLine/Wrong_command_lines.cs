using System.CommandLine;
using Fleet.Cli.Contexts;
using Fleet.Cli.Interrupt;

namespace Fleet.Cli.Tests.CommandLine;

/// <summary>What is said of a command line that cannot be run: the whole command, the word, what to write instead.</summary>
public sealed class Wrong_command_lines : IDisposable
{
    private readonly CtrlC _ctrlC = new();

    public void Dispose() => _ctrlC.Dispose();

    [Theory]
    [InlineData("exex --all", "there is no command \"fleet exex\"", "did you mean exec?")]
    [InlineData("token crate", "there is no command \"fleet token crate\"", "did you mean create?")]
    [InlineData("jobs", "\"fleet jobs\" needs a subcommand", "one of: list, show, watch, cancel, retry")]
    [InlineData("exec web01 uptime", "\"uptime\" is an unexpected argument of \"fleet exec\"", "fleet exec web01 -- uptime")]
    [InlineData("exec role=web ls /", "\"ls\" is an unexpected argument", "fleet exec role=web -- ls /")]
    [InlineData("exec web01 ls|wc", "\"ls|wc\" is an unexpected argument", "fleet exec web01 -c 'ls|wc'")]
    [InlineData("script check.py web01 fast", "\"fast\" is an unexpected argument of \"fleet script\"", "-- fast")]
    [InlineData("ping web01 web02", "\"web02\" is an unexpected argument of \"fleet ping\"", "web01,web02")]
    [InlineData("exec -a --tiemout 3s", "\"fleet exec\" has no option --tiemout", "did you mean --timeout?")]
    [InlineData("hits --watch", "\"fleet hits\" has no option --watch", "--follow")]
    [InlineData("agents list --wide", "\"fleet agents list\" has no option --wide", "--names")]
    [InlineData("grep -x web01", "\"fleet grep\" has no option -x", "after -e: -e -x")]
    [InlineData("jobs show", "\"fleet jobs show\" needs <job>", "")]
    [InlineData("alerts ack", "\"fleet alerts ack\" needs <alerts>", "")]
    [InlineData("token create --expires", "--expires needs a value", "--expires DURATION")]
    [InlineData("token create --operator bob", "\"bob\" is not a value of --operator", "give one of: admin, operator, viewer")]
    [InlineData("exec web01 --timeout 5x", "--timeout: invalid value", "5x")]
    public void One_line_names_the_command_and_the_word_and_one_says_what_to_write(string line, string said, string hint)
    {
        var error = Of(line.Split(' ')).ShouldHaveSingleItem();

        error.ShouldContain(said);
        error.ShouldContain(hint);
        error.ShouldNotContain("System.");
    }

    [Theory]
    [InlineData("exec web* --limit 0")]
    [InlineData("exec web* --limit -1")]
    [InlineData("exec web* --limit 1e3")]
    [InlineData("exec web* --sample 0")]
    [InlineData("exec web* --parallel 0")]
    [InlineData("exec web* --parallel 0%")]
    [InlineData("exec web* --rate 0")]
    [InlineData("exec web* --rate -3")]
    [InlineData("exec web* --cpu-weight 0")]
    [InlineData("exec web* --processes-max 0")]
    [InlineData("agents list --limit 0")]
    [InlineData("agents upgrade web* --batch 0")]
    [InlineData("agents install --ssh h --parallel 0")]
    [InlineData("jobs list --limit 0")]
    [InlineData("jobs list --limit -1")]
    [InlineData("alerts list --limit 0")]
    [InlineData("hits --limit 0")]
    [InlineData("grep x web* --max-count 0")]
    [InlineData("grep x web* --cluster --top 0")]
    [InlineData("tail web* --max-lines 0")]
    [InlineData("token create --uses 0")]
    public void A_number_that_means_none_never_means_all(string line)
    {
        var words = line.Split(' ');

        var error = Of(words).ShouldHaveSingleItem();

        error.ShouldStartWith(words[^2]);
        error.ShouldContain($"\"{words[^1]}\" is not allowed: give");
    }

    [Fact]
    public void A_word_that_begins_with_an_at_sign_is_no_file_to_be_read()
    {
        Of("grep", "@timestamp", "web01").ShouldBeEmpty();
        var parsed = Parse("exec", "web01", "-c", "@resp");
        parsed.GetValue<string[]>("--command").ShouldBe(["@resp"]);
    }

    [Fact]
    public void Help_is_given_whatever_else_the_line_says_and_has_no_spelling_that_begins_with_a_slash()
    {
        Of("exec", "--help").ShouldBeEmpty();
        Of("jobs", "-h").ShouldBeEmpty();
        Of("exec", "/?").ShouldBeEmpty();
        Parse("exec", "/?").GetValue<string?>("target").ShouldBe("/?");
    }

    [Fact]
    public void A_command_is_named_with_all_its_parents() =>
        CommandLineErrors.PathOf(Parse("token", "create", "--json").CommandResult).ShouldBe("fleet token create");

    private IReadOnlyList<string> Of(params string[] words) => CommandLineErrors.Of(Parse(words));

    private ParseResult Parse(params string[] words)
    {
        var (screen, _) = Some.Screen();
        var context = new CommandContext(screen, new ContextStore(Path.GetTempPath()), CommandTree.ContextOption(), TimeProvider.System, _ctrlC, null);
        return CommandTree.Parse(CommandTree.Create(context), words);
    }
}
