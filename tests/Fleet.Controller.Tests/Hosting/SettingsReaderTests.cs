using Fleet.Controller.Hosting.Settings;
using Fleet.Storage;
using Serilog.Events;

namespace Fleet.Controller.Tests.Hosting;

public sealed class SettingsReaderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Flags_win_over_the_environment_over_the_file_over_the_defaults()
    {
        var options = SettingsReader.Read(new SettingsSources
        {
            File = Write("""{ "stopWithin": "20s", "log": { "level": "debug", "filesKept": 3, "console": false }, /* a comment */ "maxConnections": 100, }"""),
            Environment = new Dictionary<string, string> { ["FLEET_CONTROLLER_LOG_LEVEL"] = "warning", ["FLEET_CONTROLLER_MAX_CONNECTIONS"] = "200" },
            Flags = new Dictionary<string, string> { ["log.level"] = "error" },
        });

        options.Log.Level.ShouldBe(LogEventLevel.Error);
        options.MaxConnections.ShouldBe(200);
        options.Log.FilesKept.ShouldBe(3);
        options.Log.Console.ShouldBeFalse();
        options.StopWithin.ShouldBe(TimeSpan.FromSeconds(20));
        options.Handshakes.AtOnce.ShouldBe(32);
    }

    [Fact]
    public void Every_fault_is_named_at_once_with_its_value_its_source_and_its_mend()
    {
        var file = Write("""{ "listen": "7443", "handshakes": { "atonce": 3 }, "log": { "level": "loud" }, "data": [1] }""");

        var thrown = Should.Throw<SettingsException>(() => SettingsReader.Read(new SettingsSources
        {
            File = file,
            Environment = new Dictionary<string, string> { ["FLEET_CONTROLLER_STOP_WITHIN"] = "10" },
            Flags = new Dictionary<string, string> { ["nonsense"] = "1" },
        }));

        thrown.Faults.Select(fault => fault.Key).ShouldBe(["data", "listen", "handshakes.atonce", "log.level", "stopWithin", "nonsense"], ignoreOrder: true);
        thrown.Message.ShouldContain($"listen = \"7443\" ({file}, line 1): give ADDRESS:PORT");
        thrown.Message.ShouldContain("is handshakes.atOnce meant?");
        thrown.Message.ShouldContain("give verbose, debug, information, warning or error");
        thrown.Message.ShouldContain("(FLEET_CONTROLLER_STOP_WITHIN): '10' has no unit");
        thrown.Message.ShouldContain("nonsense = \"1\" (command line): there is no such setting");
    }

    [Theory]
    [InlineData("\"off\""), InlineData("0")]
    public void Retention_can_be_switched_off(string off)
    {
        string[] names = ["maxOutputAge", "maxOutputBytes", "maxJobAge", "maxHitAge", "maxHits", "maxAlertAge"];
        var upkeep = SettingsReader.Read(new SettingsSources { File = Write($$"""{ "upkeep": { {{string.Join(", ", names.Select(name => $"\"{name}\": {off}"))}} } }""") }).Upkeep;

        object?[] kept = [upkeep.MaxOutputAge, upkeep.MaxOutputBytes, upkeep.MaxJobAge, upkeep.MaxHitAge, upkeep.MaxHits, upkeep.MaxAlertAge];
        kept.ShouldAllBe(limit => limit == null);
        upkeep.ToPolicy().ShouldBe(new RetentionPolicy { MaxOutputAge = null, MaxOutputBytes = null, MaxJobAge = null });
    }

    [Fact]
    public void A_retention_of_nearly_nothing_is_a_slip_and_told_how_to_switch_it_off() =>
        Should.Throw<SettingsException>(() => SettingsReader.Read(new SettingsSources { File = Write("""{ "upkeep": { "maxHitAge": "0s" } }""") }))
            .Message.ShouldContain("give 1m to 36500d, or off");

    [Theory]
    [InlineData("{", "this is not JSON")]
    [InlineData("[]", "one JSON object")]
    [InlineData("""{ "listen": "0.0.0.0:1", "listen": "0.0.0.0:2" }""", "given twice")]
    public void A_file_that_cannot_be_used_says_where(string text, string message) =>
        Should.Throw<SettingsException>(() => SettingsReader.Read(new SettingsSources { File = Write(text) })).Message.ShouldContain(message);

    [Fact]
    public void A_file_that_was_asked_for_must_exist() =>
        Should.Throw<SettingsException>(() => SettingsReader.Read(new SettingsSources { File = _directory.New("none.json") }))
            .Message.ShouldContain("cannot be read");

    [Fact]
    public void A_data_directory_too_deep_for_a_socket_is_refused() =>
        Should.Throw<SettingsException>(() => SettingsReader.Read(new SettingsSources
        {
            File = Write("{}"),
            Flags = new Dictionary<string, string> { ["data"] = "/" + new string('d', 100) },
        })).Message.ShouldContain("too long for a socket");

    private string Write(string text)
    {
        var path = _directory.New("controller.json");
        File.WriteAllText(path, text);
        return path;
    }
}
