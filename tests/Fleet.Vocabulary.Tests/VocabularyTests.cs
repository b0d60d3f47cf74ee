using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Fleet.Vocabulary.Tests;

/// <summary>No text for users has a word that docs/glossary.md rules out.</summary>
public sealed partial class VocabularyTests
{
    // Names in stores, state directories, backups and settings of before, which stay until a migration takes them away; and a script of Unicode's.
    private static readonly string[] s_kept =
    [
        "Mend", "occasion", "fault", "last_fault", "linked", "judged", "enrol", "enrolment", "enrolment.json", "artefacts", "upkeep-clock", "upkeep",
    ];

    public static TheoryData<string> Programs => [.. ProgramText.Assemblies.Select(assembly => assembly.GetName().Name!)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Help_messages_and_names_in_JSON(string program) =>
        Found(ProgramText.Literals(Named(program)).Where(text => !IsKept(text)).Except(ProgramText.TypeNames(Named(program))).Select(WithoutKept)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Programs))]
    public void Templates_of_log_lines(string program) =>
        Found(ProgramText.LogTemplates(Named(program)).Select(line => $"{line.Id}: {Apart(WithoutKept(line.Template))}")).ShouldBeEmpty();

    [Fact]
    public void Log_lines_are_sentences_without_a_full_stop_at_the_end()
    {
        var templates = ProgramText.Assemblies.SelectMany(ProgramText.LogTemplates).ToList();

        templates.Count.ShouldBeGreaterThan(100);
        templates.Where(line => line.Template.EndsWith('.') || char.IsLower(line.Template[0]) && !line.Template.StartsWith("fleet", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Names_of_the_contract() =>
        Found(ProgramText.Assemblies.SelectMany(ProgramText.ContractNames).Select(Apart)).ShouldBeEmpty();

    [Fact]
    public void Documents_configuration_files_and_manual_pages()
    {
        // Decisions and the changelog tell what once was; the glossary names what it rules out.
        var files = Directory.GetFiles(Repository.At("docs"), "*.md", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/decisions/", StringComparison.Ordinal) && !file.EndsWith("/glossary.md", StringComparison.Ordinal))
            .Concat([Repository.At("README.md")])
            .Concat(Directory.GetFiles(Repository.At("installers", "config"))).Concat(Directory.GetFiles(Repository.At("installers", "man")))
            .ToList();

        files.Count.ShouldBeGreaterThan(10);
        Found(
            files.SelectMany(file => File.ReadLines(file).Select((line, at) => $"{Path.GetFileName(file)}:{at + 1}: {WithoutKept(line)}")),
            BannedWords.InDocuments).ShouldBeEmpty();
    }

    [Fact]
    public void Help_of_every_command()
    {
        var commands = Commands().ToList();

        commands.Count.ShouldBeGreaterThan(60);
        Found(commands.SelectMany(command => (string[])
            [$"{command.Name}: {command.Description}", .. command.Options.Select(option => $"{command.Name} {option.Name}: {option.HelpName} {option.Description}"),
             .. command.Arguments.Select(argument => $"{command.Name} {argument.Name}: {argument.Description}")])).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_ruled_out_is_found()
    {
        BannedWords.InDocuments.Words.Count.ShouldBeGreaterThan(40);
        BannedWords.InPrograms.Words.Count.ShouldBeGreaterThan(BannedWords.InDocuments.Words.Count);
        BannedWords.InDocuments.Find("Upkeep: it is no longer kept").ShouldBe("Upkeep");
        BannedWords.InPrograms.Find("it is no number").ShouldBe("is no");
        BannedWords.InPrograms.Find("there is no token, it is no longer valid, linked-list").ShouldBeNull();
        BannedWords.InPrograms.Find("artefacts").ShouldBe("artefacts");
        WithoutKept("set upkeep.maxHits").ShouldBe("set ");
        WithoutKept("upkeep: it is off").ShouldBe("upkeep: it is off");
        ProgramText.Assemblies.Count.ShouldBeGreaterThan(6);
        ProgramText.Assemblies.SelectMany(ProgramText.Literals).ShouldContain("no connection to the controller within ");
        ProgramText.Assemblies.SelectMany(ProgramText.ContractNames).ShouldContain("fleet.v1.Alert.last_hit_ms");
        Apart("AlertFault last_fault {LeftOut}").ShouldBe("Alert Fault last fault {Left Out}");
    }

    [Fact]
    public void Help_of_the_agent()
    {
        using var help = new StringWriter();
        Agent.Commands.Help(help, 0).ShouldBe(0);

        help.ToString().ShouldContain("enroll");
        Found(help.ToString().Split('\n')).ShouldBeEmpty();
    }

    private static IEnumerable<Command> Commands()
    {
        using var ctrlC = new Cli.Interrupt.CtrlC();
        var context = new Cli.CommandContext(
            Cli.Output.Screen.OfProcess(noColor: true), new Cli.Contexts.ContextStore(Path.GetTempPath()), Cli.CommandTree.ContextOption(), TimeProvider.System, ctrlC, null);
        return [.. Below(Cli.CommandTree.Create(context)), .. Below(Controller.Hosting.Commands.CommandTree.Create(TextWriter.Null))];

        static IEnumerable<Command> Below(Command command) => command.Subcommands.SelectMany(Below).Prepend(command);
    }

    private static Assembly Named(string program) => ProgramText.Assemblies.Single(assembly => assembly.GetName().Name == program);

    private static IEnumerable<string> Found(IEnumerable<string> texts, BannedWords? banned = null) =>
        texts.Distinct().Select(text => (word: (banned ?? BannedWords.InPrograms).Find(text), text))
            .Where(found => found.word is not null).Select(found => $"{found.word}: {found.text.Trim()}");

    // What no user reads: SQL, names in stores, and what the compiler writes for a record's ToString ("Fault = ").
    private static bool IsKept(string text) =>
        s_kept.Contains(text) || Sql().IsMatch(text) || Column().IsMatch(text) || Member().IsMatch(text);

    private static string WithoutKept(string text) => Kept().Replace(text, "");

    // Names as words: last_fault, AlertFault and {LeftOut} have "fault" and "left out".
    private static string Apart(string name) => Humps().Replace(name.Replace('_', ' '), " ");

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])")]
    private static partial Regex Humps();

    [GeneratedRegex(@"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|WITH)\b")]
    private static partial Regex Sql();

    // Of the table that copies stores: "occasion text", "_id alert channel occasion ...".
    [GeneratedRegex(@"^(\w+ (text|number|bytes)\??|_id [\w: ]+)$")]
    private static partial Regex Column();

    [GeneratedRegex(@"^(, )?\w+ = $")]
    private static partial Regex Member();

    // Former names of settings, which are answered with the new ones, a file, and the calls of agents of before.
    [GeneratedRegex(@"\bupkeep\.\w+|\benrolment\.json\b|`Controller/Upkeep`|/fleet\.v1\.(Enrolment|Artefacts)/\w+|\(trust\|artifacts\|artefacts\)")]
    private static partial Regex Kept();
}
