using Fleet.Cli.Spec;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Spec;

public sealed class What_is_sent
{
    [Theory]
    [InlineData("df -h /", "df,-h,/")]
    [InlineData("  uptime ", "uptime")]
    [InlineData("/usr/bin/free -h --si", "/usr/bin/free,-h,--si")]
    public void A_line_of_plain_words_needs_no_shell(string line, string words) => ShellLineSplitter.TrySplit(line).ShouldBe(words.Split(','));

    [Theory]
    [InlineData("df -h | tail -1")]
    [InlineData("echo hi")]
    [InlineData("cd /tmp")]
    [InlineData("FOO=1 env")]
    [InlineData("ls *.log")]
    [InlineData("ls ~")]
    [InlineData("cat 'a b'")]
    [InlineData("a; b")]
    [InlineData("sleep 1 &")]
    [InlineData("echo $HOME")]
    [InlineData("ls {a,b}")]
    [InlineData("ls a\nls b")]
    [InlineData("! true")]
    [InlineData("# comment")]
    public void A_line_that_means_something_to_a_shell_gets_one(string line)
    {
        ShellLineSplitter.TrySplit(line).ShouldBeNull();
        SpecBuilder.FromLine(line, null).Shell.Line.ShouldBe(line);
    }

    [Fact]
    public void A_command_with_tabs_and_escapes_is_sent_as_it_is_and_has_a_summary_of_one_clean_line()
    {
        var step = SpecBuilder.FromLine("printf 'a\tb'\t| cut -f2 # \u001b[31m", null);

        step.Shell.Line.ShouldBe("printf 'a\tb'\t| cut -f2 # \u001b[31m");
        SpecBuilder.Summary([step]).ShouldBe("printf 'a b' | cut -f2 #  [31m");
    }

    [Fact]
    public void A_script_with_the_line_ends_of_Windows_a_directory_and_swapped_words_are_refused_with_the_remedy()
    {
        var script = Path.GetTempFileName();
        File.WriteAllText(script, "#!/bin/bash\r\necho hi\r\n");
        Should.Throw<CommandFailure>(() => SpecBuilder.FromScript(script, [])).Message.ShouldContain("sed -i");
        File.WriteAllText(script, "echo hi\r\n");
        SpecBuilder.FromScript(script, []).Script.Content.Length.ShouldBe(9);
        File.Delete(script);
        Should.Throw<CommandFailure>(() => SpecBuilder.FromScript(Path.GetTempPath(), [])).Message.ShouldContain("is a directory");
        Should.Throw<CommandFailure>(() => SpecBuilder.FromScript("web01", [])).Message.ShouldContain("fleet script FILE TARGET");
    }

    [Fact]
    public void A_chosen_shell_is_always_used() => SpecBuilder.FromLine("uptime", "/bin/bash").Shell.Shell.ShouldBe("/bin/bash");

    [Fact]
    public void A_missing_script_an_empty_one_and_one_too_large_are_refused_by_name()
    {
        var empty = Path.GetTempFileName();
        var large = Path.GetTempFileName();
        File.WriteAllBytes(large, new byte[Protocol.Limits.ScriptBytes + 1]);
        Should.Throw<CommandFailure>(() => SpecBuilder.FromScript("/nowhere/x.sh", [])).Message.ShouldContain("/nowhere/x.sh");
        Should.Throw<CommandFailure>(() => SpecBuilder.FromScript(empty, [])).Message.ShouldContain("empty");
        Should.Throw<CommandFailure>(() => SpecBuilder.FromScript(large, [])).Message.ShouldContain("at most 2097152");
        File.Delete(empty);
        File.Delete(large);
    }

    [Fact]
    public void A_summary_is_what_one_would_type()
    {
        SpecBuilder.Summary([SpecBuilder.FromWords(["echo", "a b", "it's"]), SpecBuilder.FromLine("ls | wc -l", null), new Step { Builtin = new Builtin { Name = "ping" } }])
            .ShouldBe("""echo 'a b' 'it'\''s'; ls | wc -l; built-in ping""");
    }
}
