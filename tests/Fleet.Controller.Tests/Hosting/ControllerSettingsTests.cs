using Fleet.Controller.Hosting;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Systemd;
using Fleet.Storage;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Hosting;

/// <summary>The controller's own settings; what holds for every program's is in Fleet.Hosting.Tests.</summary>
public sealed class ControllerSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LogLines<LiveSettings<ControllerOptions>> _log = new();
    private readonly string _file;

    public ControllerSettingsTests() => _file = _directory.New("controller.json");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("\"off\""), InlineData("0")]
    public void Retention_can_be_switched_off(string off)
    {
        string[] names = ["maxOutputAge", "maxOutputBytes", "maxJobAge", "maxHitAge", "maxHits", "maxAlertAge"];
        Write($$"""{ "retention": { {{string.Join(", ", names.Select(name => $"\"{name}\": {off}"))}} } }""");
        var retention = Read().OrThrow().Options.Retention;

        object?[] kept = [retention.MaxOutputAge, retention.MaxOutputBytes, retention.MaxJobAge, retention.MaxHitAge, retention.MaxHits, retention.MaxAlertAge];
        kept.ShouldAllBe(limit => limit == null);
        retention.ToPolicy().ShouldBe(new RetentionPolicy { MaxOutputAge = null, MaxOutputBytes = null, MaxJobAge = null });
    }

    [Theory]
    [InlineData("listen", "7443", "give ADDRESS:PORT")]
    [InlineData("retention.maxHitAge", "0s", "give 1m to 36500d, or off")]
    [InlineData("retention.interval", "10", "'10' has no unit")]
    [InlineData("log.level", "loud", "give trace, debug, information, warning, error or critical")]
    public void What_cannot_be_used_is_named_with_a_hint(string key, string text, string hint)
    {
        Write($$"""{ "{{key}}": "{{text}}" }""");
        Read().Errors.ShouldHaveSingleItem().ToString().ShouldStartWith($"{_file}, line 1: {key} cannot be \"{text}\": {hint}");
    }

    [Theory]
    [InlineData("upkeep.maxHits", "retention.maxHits"), InlineData("stopWithin", "shutdownTimeout"), InlineData("link.silenceLimit", "agents.heartbeatTimeout")]
    [InlineData("handshakes.atOnce", "handshakes.maxConcurrent"), InlineData("notify.foldFrom", "notify.groupThreshold")]
    public void Of_a_key_that_was_renamed_the_new_one_is_named(string former, string key)
    {
        Write($$"""{ "{{former}}": "1" }""");
        Read().Errors.ShouldHaveSingleItem().Message.ShouldBe($"\"{former}\" is now called \"{key}\"");
    }

    [Fact]
    public void A_data_directory_too_deep_for_a_socket_is_refused()
    {
        Write($$"""{ "data": "/{{new string('d', 100)}}" }""");
        Should.Throw<SettingsException>(() => Read().OrThrow()).Message.ShouldContain("too long for a socket");
    }

    [Fact]
    public void Settings_that_do_not_fit_together_are_refused()
    {
        var live = Start("{}");
        Write("""{ "retention": { "maxOutputAge": "200d" } }""");
        live.Reload();
        live.Options.Value.Retention.MaxOutputAge.ShouldBe(TimeSpan.FromDays(30));
        _log.Take().ShouldHaveSingleItem().ShouldContain("maxJobAge must not be shorter than retention.maxOutputAge");
    }

    [Fact]
    public void Every_reloadable_setting_is_taken_over_and_no_other()
    {
        // Each of them is good for some settings; the first that is and is not the default is used.
        string[] candidates = ["7777", "17", "17s", "17m", "100d", "3MiB", "debug", "json", "litedb", "false", "127.0.0.1:17", "/srv/x", "fleet.example.org:7443", "2026-11-30"];
        foreach (var setting in ControllerSettings.Table.All)
        {
            var live = Start("{}");
            var before = setting.Write(live.Options.Value);
            var text = candidates.First(candidate =>
                setting.Apply(ControllerSettings.Table.Defaults, candidate) is var (options, hint) && hint is null && setting.Write(options) != before
                && !ControllerSettings.Table.Rules(options).Any());
            Write($$"""{ "{{setting.Key}}": "{{text}}" }""");

            live.Reload();

            setting.Write(live.Options.Value).ShouldBe(setting.IsReloadable ? setting.Write(Read().Options) : before, setting.Key);
            _log.Take().Count.ShouldBe(2, setting.Key);
        }
    }

    private LiveSettings<ControllerOptions> Start(string text)
    {
        Write(text);
        return new LiveSettings<ControllerOptions>(ControllerSettings.Table, Read().OrThrow(), Read, new ServiceNotifier(null, null, TimeProvider.System), _log);
    }

    private LoadedSettings<ControllerOptions> Read() => ControllerSettings.Table.Load(new SettingsSources { File = _file });

    private void Write(string text) => File.WriteAllText(_file, text);
}
