using Fleet.Controller.Hosting;
using Fleet.Controller.Hosting.Settings;
using Fleet.Controller.Logging;
using Fleet.Protocol.Systemd;
using Fleet.Tests;
using Serilog.Events;

namespace Fleet.Controller.Tests.Hosting;

public sealed class SettingsReloadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LogLines<SettingsReload> _log = new();
    private readonly LogLevelControl _level = new(LogEventLevel.Information);
    private readonly string _file;
    private ControllerOptions _used = new();

    public SettingsReloadTests() => _file = _directory.New("controller.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_can_change_counts_at_once_and_the_rest_is_named_until_a_restart()
    {
        var reload = Start("""{ "notify": { "firstPause": "1s" }, "upkeep": { "maxHits": 5000 } }""");

        Write("""{ "handshakes": { "perSecond": 100, "atOnce": 8 }, "upkeep": { "maxHits": 6000 }, "log": { "level": "debug" } }""");
        reload.Reload();

        _used.Handshakes.PerSecond.ShouldBe(100);
        _used.Link.ReconnectWindow(agents: 1000).ShouldBe(TimeSpan.FromSeconds(10));
        _used.Handshakes.AtOnce.ShouldBe(32);
        _used.Upkeep.MaxHits.ShouldBe(6000);
        _used.Notify.FirstPause.ShouldBe(TimeSpan.FromSeconds(5));
        _level.Current.ShouldBe("debug");
        _log.Take().ShouldBe(
        [
            "Warning: Setting handshakes.atOnce is its default and stays so until the controller is restarted (systemctl restart fleet-controller); then it is 8",
            "Information: Setting handshakes.perSecond was its default and is now 100",
            "Information: Setting notify.firstPause was 1s and is now its default",
            "Information: Setting upkeep.maxHits was 5000 and is now 6000",
            "Information: Setting log.level was its default and is now debug",
            "Information: Settings reloaded: 4 changes were applied, 1 need a restart; the log's level is debug",
        ]);

        reload.Reload();
        _log.Take().Count.ShouldBe(2);
    }

    [Fact]
    public void A_file_with_a_fault_changes_nothing_and_each_fault_is_named_with_its_line_and_mend()
    {
        var reload = Start("{}");
        Write("{\n\"upkeep\": {\n\"maxHits\": 6000,\n\"period\": \"10\"\n},\n\"log\": { \"level\": \"loud\" }\n}");

        reload.Reload();

        _used.Upkeep.MaxHits.ShouldBe(new ControllerOptions().Upkeep.MaxHits);
        var line = _log.Take().ShouldHaveSingleItem();
        line.ShouldStartWith("Error: Settings cannot be reloaded, the previous ones stay: ");
        line.ShouldContain($"upkeep.period = \"10\" ({_file}, line 4): '10' has no unit");
        line.ShouldContain($"log.level = \"loud\" ({_file}, line 6): give verbose");
    }

    [Fact]
    public void Settings_that_do_not_fit_together_are_refused_too()
    {
        var reload = Start("{}");
        Write("""{ "upkeep": { "maxOutputAge": "200d" } }""");
        reload.Reload();
        _used.Upkeep.MaxOutputAge.ShouldBe(TimeSpan.FromDays(30));
        _log.Take().ShouldHaveSingleItem().ShouldContain("MaxJobAge must not be shorter than MaxOutputAge");
    }

    [Fact]
    public void Every_reloadable_setting_is_taken_over_and_no_other()
    {
        foreach (var setting in SettingsTable.All.Where(setting => setting.CopyLive is not null))
        {
            var (from, to) = (new ControllerOptions(), new ControllerOptions());
            string[] candidates = ["7777", "17", "17s", "17m", "100d", "3MiB", "debug", "/srv/x", "fleet.example.org:7443", "2026-11-30"];
            candidates.Any(text => setting.Apply(from, text) is null).ShouldBeTrue(setting.Key);
            setting.CopyLive!(from, to);
            Show(to).ShouldBe(Show(from), setting.Key);
            Show(to).ShouldNotBe(Show(new ControllerOptions()), setting.Key);
        }
    }

    private static string Show(ControllerOptions options) => System.Text.Json.JsonSerializer.Serialize(new
    {
        options.Advertise, options.Artifacts, options.MaxCallsPerOperator, options.MaxAgentDownloads, options.MinDownloadRate, options.Handshakes,
        options.Anonymous, options.Certificates, options.Link, options.Dispatch, options.Agents, options.Notify, options.Upkeep, options.Log,
    });

    private SettingsReload Start(string text)
    {
        Write(text);
        var started = Read();
        _used = started.Options;
        return new SettingsReload(started, Read, _level, new ServiceNotifier(null, null, TimeProvider.System), _log);
    }

    private GivenSettings Read() => SettingsReader.ReadGiven(new SettingsSources { File = _file });

    private void Write(string text) => File.WriteAllText(_file, text);
}
