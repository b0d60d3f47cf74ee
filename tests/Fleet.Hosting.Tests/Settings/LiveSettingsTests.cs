using Fleet.Hosting.Settings;
using Fleet.Protocol.Systemd;
using Fleet.Tests;

namespace Fleet.Hosting.Tests.Settings;

public sealed class LiveSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LogLines<SomeOptions> _log = new();
    private readonly List<SomeOptions> _told = [];

    private string File => _directory.At("some.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_can_change_counts_at_once_and_the_rest_is_named_until_a_restart()
    {
        var live = Start("""{ "maxTasks": 8, "users": ["ann"], "log.level": "warning" }""");
        var tasks = live.Options.Select(options => options.MaxTasks);

        Write("""{ "maxTasks": 2, "kept.maxBytes": "64MiB", "log.level": "warning", "log.format": "json", "timeout": "1m" }""");
        live.Reload();

        tasks.Value.ShouldBe(2);
        live.Options.Value.ShouldBe(new SomeOptions { MaxTasks = 2, MaxBytes = 64 << 20, Log = _told[0].Log });
        _told.Count.ShouldBe(2);
        _told[1].ShouldBeSameAs(live.Options.Value);
        _log.Take().ShouldBe(
        [
            "Information: Setting maxTasks was 8 and is now 2",
            "Information: Setting users was ann and is now its default",
            "Information: Setting kept.maxBytes was its default and is now 64MiB",
            "Warning: Setting timeout stays its default until some-program is restarted (systemctl restart some-program); then it is 1m",
            "Warning: Setting log.format stays its default until some-program is restarted (systemctl restart some-program); then it is json",
            "Information: Settings reloaded: 3 changes were applied, 2 need a restart",
        ]);

        live.Reload();
        _told.Count.ShouldBe(3);
        _log.Take().Count.ShouldBe(3, "what needs a restart is named again");
    }

    [Theory]
    [InlineData("{\n\"maxTasks\": 2,\n\"log.level\": \"loud\"\n}", "line 3: log.level cannot be \"loud\": give trace, debug")]
    [InlineData("{\n\"maxTasks\": 2,\n\"wings\": 2\n}", "line 3: there is no setting \"wings\"")]
    [InlineData("{\n\"maxTasks\": 2,\n\"max_tasks\": 2\n}", "line 3: \"max_tasks\" is now called \"maxTasks\"")]
    [InlineData("{\n\"maxTasks\": 2,,\n}", "line 2: this is not JSON")]
    [InlineData("{ \"maxTasks\": 101, \"kept.maxAge\": \"off\" }", "maxTasks must not be above 100")]
    public void Settings_with_an_error_change_nothing_and_the_error_is_named(string text, string error)
    {
        var live = Start("""{ "maxTasks": 8 }""");
        Write(text);

        live.Reload();

        live.Options.Value.MaxTasks.ShouldBe(8);
        _told.Count.ShouldBe(1);
        var line = _log.Take().ShouldHaveSingleItem();
        line.ShouldStartWith("Error: Settings cannot be reloaded, the previous ones stay: ");
        line.ShouldContain(error);

        Write("""{ "maxTasks": 3 }""");
        live.Reload();
        live.Options.Value.MaxTasks.ShouldBe(3);
    }

    [Fact]
    public void What_is_not_shown_is_in_no_line()
    {
        var live = Start("""{ "secret": "/hunter2" }""");
        Write("""{ "secret": "/hunter3" }""");
        live.Reload();
        Write("""{ "secret": "" }""");
        live.Reload();
        _log.Take().ShouldAllBe(line => !line.Contains("hunter"));
    }

    [Fact]
    public void A_file_that_is_gone_changes_nothing()
    {
        var live = Start("""{ "maxTasks": 2 }""");
        System.IO.File.Delete(File);
        live.Reload();
        live.Options.Value.MaxTasks.ShouldBe(2);
        _log.Take().ShouldHaveSingleItem().ShouldContain("cannot be read");
    }

    [Fact]
    public void What_the_process_cannot_have_stays_lowered_after_a_reload()
    {
        var live = Start("""{ "maxTasks": 50 }""");
        live.Fit(options => options with { MaxTasks = Math.Min(options.MaxTasks, 10) });
        live.Options.Value.MaxTasks.ShouldBe(10);

        Write("""{ "maxTasks": 60 }""");
        live.Reload();
        live.Options.Value.MaxTasks.ShouldBe(10);
        Write("""{ "maxTasks": 5 }""");
        live.Reload();
        live.Options.Value.MaxTasks.ShouldBe(5);
        _told[^1].MaxTasks.ShouldBe(5);
    }

    [Fact]
    public async Task Who_reads_while_others_reload_sees_one_snapshot_or_the_other()
    {
        var live = Start("""{ "maxTasks": 1, "kept.maxBytes": "1MiB" }""");
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var seen = live.Options.Value;
                seen.MaxBytes.ShouldBe((long)seen.MaxTasks << 20);
            }
        });
        for (var round = 1; round <= 200; round++)
        {
            Write($$"""{ "maxTasks": {{round}}, "kept.maxBytes": "{{round}}MiB" }""");
            live.Reload();
        }

        await stop.CancelAsync();
        await reading.WaitAsync(TimeSpan.FromSeconds(30));
        live.Options.Value.MaxTasks.ShouldBe(200);
    }

    private LiveSettings<SomeOptions> Start(string text)
    {
        Write(text);
        var live = new LiveSettings<SomeOptions>(SomeSettings.Table, Load().OrThrow(), Load, new ServiceNotifier(null, null, TimeProvider.System), _log);
        live.OnReload(_told.Add);
        return live;
    }

    private LoadedSettings<SomeOptions> Load() => SomeSettings.Table.Load(new SettingsSources { File = File });

    private void Write(string text) => System.IO.File.WriteAllText(File, text);
}
