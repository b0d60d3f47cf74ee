using System.Text.RegularExpressions;
using Fleet.Agent;
using Fleet.Controller.Hosting;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Text;

namespace Fleet.Hosting.Tests.Reference;

/// <summary>
/// What is made of the tables: the commented files that the packages put into /etc/fleet, and docs/configuration.md. With FLEET_REWRITE=1 the
/// test writes the files that it compares otherwise (`dotnet cake --target=Reference`).
/// </summary>
public sealed partial class GeneratedFilesTests
{
    public static TheoryData<string> Files => ["installers/config/agent.json", "installers/config/controller.json", "docs/configuration.md"];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_file_is_as_the_table_makes_it(string name)
    {
        var made = name switch
        {
            "installers/config/agent.json" => CommentedFile.Write(AgentSettings.Table, "maxTasks", AgentSettings.Table.Find("maxTasks")!.Flag),
            "installers/config/controller.json" => CommentedFile.Write(ControllerSettings.Table, "log.level", "--set log.level=debug"),
            _ => ReferencePage.Write(),
        };
        var path = Repository.At(name.Split('/'));
        if (Environment.GetEnvironmentVariable("FLEET_REWRITE") == "1")
            File.WriteAllText(path, made);
        File.ReadAllText(path).ShouldBe(made, $"{name} is out of date: dotnet cake --target=Reference");
    }

    [Fact]
    public void As_it_is_the_agents_file_changes_nothing() => ShouldChangeNothing(AgentSettings.Table, "agent.json");

    [Fact]
    public void As_it_is_the_controllers_file_changes_nothing() => ShouldChangeNothing(ControllerSettings.Table, "controller.json");

    [Fact]
    public void With_its_slashes_taken_away_the_agents_file_names_every_setting_with_its_default() => ShouldNameEverySetting(AgentSettings.Table, "agent.json");

    [Fact]
    public void With_its_slashes_taken_away_the_controllers_file_names_every_setting_with_its_default() =>
        ShouldNameEverySetting(ControllerSettings.Table, "controller.json");

    [Fact]
    public void The_tables_keep_one_grammar_and_every_default_is_a_value_that_can_be_written()
    {
        ShouldBeWellFormed(AgentSettings.Table);
        ShouldBeWellFormed(ControllerSettings.Table);
    }

    private static void ShouldChangeNothing<TOptions>(SettingsTable<TOptions> table, string name)
    {
        var loaded = table.Load(new SettingsSources { File = Shipped(name) });
        loaded.Errors.ShouldBeEmpty();
        loaded.Given.ShouldBeEmpty();
        loaded.Options.ShouldBe(table.Defaults);
    }

    private static void ShouldNameEverySetting<TOptions>(SettingsTable<TOptions> table, string name)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, CommentedSetting().Replace(File.ReadAllText(Shipped(name)), "$1$2"));
            var loaded = table.Load(new SettingsSources { File = file });
            loaded.Errors.ShouldBeEmpty();
            loaded.Given.Keys.ShouldBe(table.All.Select(setting => setting.Key));
            foreach (var setting in table.All.Where(setting => setting.Write(table.Defaults) is not null))
                setting.Write(loaded.Options).ShouldBe(setting.Write(table.Defaults), setting.Key);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void ShouldBeWellFormed<TOptions>(SettingsTable<TOptions> table)
    {
        var variables = table.All.Select(table.VariableOf).ToList();
        variables.ShouldBeUnique();
        table.All.Select(setting => setting.Flag).ShouldBeUnique();
        foreach (var setting in table.All)
        {
            setting.Key.ShouldMatch("^[a-z][a-zA-Z0-9]*(\\.[a-z][a-zA-Z0-9]*)?$");
            OneLineText.IsClean(setting.Meaning).ShouldBeTrue(setting.Key);
            setting.Meaning.ShouldEndWith(".", customMessage: setting.Key);
            (setting.FormerKey is null || table.Find(setting.FormerKey) is null).ShouldBeTrue($"{setting.FormerKey} is a key, too");
            (setting.Write(table.Defaults) is not null || setting is { Example: not null, DefaultMeaning: not null }).ShouldBeTrue(setting.Key);
        }
    }

    private static string Shipped(string name) => Repository.At("installers", "config", name);

    [GeneratedRegex("^( *)// (\"[^\"]+\":)", RegexOptions.Multiline)]
    private static partial Regex CommentedSetting();
}
