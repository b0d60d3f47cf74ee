using System.Text.RegularExpressions;
using Fleet.Controller.Hosting;
using Fleet.Controller.Hosting.Settings;

namespace Fleet.Controller.Tests.Hosting;

/// <summary>The file that the packages put into /etc/fleet (installers/config/controller.json).</summary>
public sealed partial class SettingsFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void As_it_is_it_changes_nothing()
    {
        var faults = new List<SettingsFault>();
        SettingsFile.Read(Shipped, faults).ShouldBeEmpty();
        faults.ShouldBeEmpty();
    }

    [Fact]
    public void With_its_slashes_taken_away_it_names_every_setting_with_a_value_that_can_be_used()
    {
        var file = _directory.New("controller.json");
        File.WriteAllText(file, CommentedSetting().Replace(File.ReadAllText(Shipped), "$1$2"));

        var faults = new List<SettingsFault>();
        var values = SettingsFile.Read(file, faults);

        faults.ShouldBeEmpty();
        values.Keys.ShouldBe(SettingsTable.All.Select(setting => setting.Key), ignoreOrder: true);
        var read = SettingsReader.Read(new SettingsSources { File = file });
        var defaults = new ControllerOptions();
        read.Artifacts.ShouldBe(defaults.Artifacts);
        read.MaxConnections.ShouldBe(defaults.MaxConnections);
        read.Link.SilenceLimit.ShouldBe(defaults.Link.SilenceLimit);
        read.Upkeep.MaxOutputBytes.ShouldBe(defaults.Upkeep.MaxOutputBytes);
        read.Log.FileBytes.ShouldBe(defaults.Log.FileBytes);
    }

    [Fact]
    public void The_comment_of_every_setting_says_whether_it_can_be_reloaded()
    {
        foreach (var setting in SettingsTable.All)
        {
            var name = setting.Key[(setting.Key.LastIndexOf('.') + 1)..];
            var comment = Regex.Match(File.ReadAllText(Shipped), $"""((?: *// [^"\n]*\n)+) *// "{name}":""").Groups[1].Value;
            comment.ShouldContain(setting.CopyLive is null ? "Takes a restart." : "Reloadable.", customMessage: setting.Key);
        }
    }

    private static string Shipped => Path.Combine(AppContext.BaseDirectory, "controller.json");

    [GeneratedRegex("^( *)// (\")", RegexOptions.Multiline)]
    private static partial Regex CommentedSetting();
}
