using System.Text;
using System.Text.RegularExpressions;
using Fleet.Agent.Settings;

namespace Fleet.Agent.Tests.Settings;

/// <summary>The file that the packages put into /etc/fleet (installers/config/agent.json).</summary>
public sealed partial class ShippedFileTests
{
    private static string Text => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "agent.json"));

    [Fact]
    public void As_it_is_it_changes_nothing()
    {
        var faults = new List<string>();
        SettingsFile.Read(Encoding.UTF8.GetBytes(Text), "agent.json", faults).ShouldBeEmpty();
        faults.ShouldBeEmpty();
    }

    [Fact]
    public void With_its_slashes_taken_away_it_names_every_setting_with_a_value_that_can_be_used()
    {
        var faults = new List<string>();
        var values = SettingsFile.Read(Encoding.UTF8.GetBytes(CommentedSetting().Replace(Text, "$1$2")), "agent.json", faults);

        faults.ShouldBeEmpty();
        values.Select(value => value.Key).ShouldBe(SettingKey.All.Select(key => key.Name), ignoreOrder: true);
        var loaded = SettingsLoader.Load("/dev/null", _ => null, values);
        loaded.Faults.Where(fault => !fault.StartsWith("/dev/null", StringComparison.Ordinal)).ShouldBeEmpty();
        loaded.Settings.MaxTasks.ShouldBe(new AgentSettings().MaxTasks);
        loaded.Settings.JournalLimitBytes.ShouldBe(new AgentSettings().JournalLimitBytes);
        loaded.Settings.Log.FileBytes.ShouldBe(new AgentSettings().Log.FileBytes);
    }

    [Fact]
    public void The_comment_of_every_setting_says_whether_it_can_be_reloaded()
    {
        foreach (var key in SettingKey.All)
        {
            var comment = Regex.Match(Text, $"""((?: *// [^"\n]*\n)+) *// "{key.Name}":""").Groups[1].Value;
            comment.ShouldContain(key.IsReloadable ? "Reloadable" : "Takes a restart.", customMessage: key.Name);
        }
    }

    [GeneratedRegex("^( *)// (\")", RegexOptions.Multiline)]
    private static partial Regex CommentedSetting();
}
