using Fleet.Agent.Settings;
using Fleet.Tests;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tests.Settings;

public sealed class SettingsReloadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LogLines<SettingsReload> _log = new();
    private AgentSettings _used = new();

    private string File => Path.Combine(_directory.Path, "agent.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_can_change_counts_at_once_and_the_rest_is_named_until_a_restart()
    {
        var reload = Start("""{ "max_tasks": 8, "allow_run_as": ["deploy"], "log_level": "warning" }""");
        _used.MaxTasks.ShouldBe(8);

        Write("""{ "max_tasks": 2, "journal_limit": "64MiB", "log_level": "warning", "log_format": "json" }""");
        reload.Reload();

        _used.MaxTasks.ShouldBe(2);
        _used.JournalLimitBytes.ShouldBe(64 << 20);
        _used.AllowRunAs.ShouldBeNull();
        _used.Log.ShouldBe(new LogSettings { Level = LogLevel.Warning });
        _log.Take().ShouldBe(
        [
            "Information: Setting max_tasks was 8 and is now 2",
            "Information: Setting journal_limit was its default and is now 64MiB",
            "Information: Setting allow_run_as was deploy and is now its default",
            "Warning: Setting log_format is its default and stays so until the agent is restarted (systemctl restart fleet-agent); then it is json",
            "Information: Settings reloaded: 3 changes were applied, 1 need a restart",
        ]);

        reload.Reload();
        _log.Take().ShouldBe(
        [
            "Warning: Setting log_format is its default and stays so until the agent is restarted (systemctl restart fleet-agent); then it is json",
            "Information: Settings reloaded: 0 changes were applied, 1 need a restart",
        ]);
    }

    [Theory]
    [InlineData("{\n\"max_tasks\": 2,\n\"log_level\": \"loud\"\n}", "line 3: log_level cannot be \"loud\": give one of")]
    [InlineData("{\n\"max_tasks\": 2,\n\"wings\": 2\n}", "line 3: there is no setting \"wings\"; there are state")]
    [InlineData("{\n\"max_tasks\": 2,,\n}", "line 2: this is not JSON")]
    public void A_file_with_a_fault_changes_nothing_and_the_fault_is_named_with_its_line_and_mend(string text, string fault)
    {
        var reload = Start("""{ "max_tasks": 8 }""");
        Write(text);

        reload.Reload();

        _used.MaxTasks.ShouldBe(8);
        var line = _log.Take().ShouldHaveSingleItem();
        line.ShouldStartWith($"Error: Settings cannot be reloaded, the previous ones stay: {File}, ");
        line.ShouldContain(fault);

        // Mended, it counts.
        Write("""{ "max_tasks": 3 }""");
        reload.Reload();
        _used.MaxTasks.ShouldBe(3);
    }

    [Fact]
    public void A_proxys_password_is_in_no_line()
    {
        var reload = Start("""{ "proxy": "http://ann:hunter2@proxy:3128" }""");
        Write("""{ "proxy": "http://ann:hunter3@proxy:3128" }""");
        reload.Reload();
        Write("""{ "proxy": "http://ann:hunter4" }""");
        reload.Reload();

        var lines = _log.Take();
        lines[0].ShouldBe(
            "Warning: Setting proxy is http://ann@proxy:3128 and stays so until the agent is restarted (systemctl restart fleet-agent); then it is http://ann@proxy:3128");
        lines[^1].ShouldContain("line 1: proxy cannot be that (it may hold a password and is not shown): give http://[USER:PASSWORD@]HOST:PORT");
        lines.ShouldAllBe(line => !line.Contains("hunter"));
    }

    [Fact]
    public void A_file_that_is_gone_changes_nothing()
    {
        var reload = Start("""{ "max_tasks": 2 }""");
        System.IO.File.Delete(File);
        reload.Reload();
        _used.MaxTasks.ShouldBe(2);
        _log.Take().ShouldHaveSingleItem().ShouldContain("cannot be read");
    }

    private SettingsReload Start(string text)
    {
        Write(text);
        var reload = new SettingsReload(Load(), Load, _log);
        reload.Attach(now => _used = now);
        return reload;
    }

    private LoadedSettings Load() => SettingsLoader.Load(File, _ => null, []);

    private void Write(string text) => System.IO.File.WriteAllText(File, text);
}
