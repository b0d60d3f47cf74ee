using Fleet.Hosting.Settings;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Systemd;
using Fleet.Tests;

namespace Fleet.Agent.Tests.Settings;

/// <summary>The agent's own settings; what holds for every program's is in Fleet.Hosting.Tests.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string File => Path.Combine(_directory.Path, "agent.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_proxy_is_the_one_that_is_set_else_the_one_that_was_enrolled_through_and_none_if_that_is_said()
    {
        var remembered = new ProxyAddress(ProxyKind.Socks5, "old", 1080, "ann", "old");
        ProxyAddress? Proxy(string file, params (string Name, string Text)[] variables)
        {
            var loaded = Load(file, variables);
            loaded.Errors.ShouldBeEmpty();
            return loaded.Options.Proxy.Resolve(remembered);
        }

        Proxy("{}").ShouldBe(remembered);
        // Of what other programs read nothing counts.
        Proxy("{}", ("HTTPS_PROXY", "http://other:1"), ("https_proxy", "http://other:1"), ("ALL_PROXY", "http://other:1")).ShouldBe(remembered);
        Proxy("""{ "proxy": "none" }""").ShouldBeNull();
        Proxy("""{ "proxy": "none", "proxyPasswordFile": "/nowhere" }""").ShouldBeNull();
        Proxy("""{ "proxy": "none" }""", ("FLEET_AGENT_PROXY", "http://new:3128")).ShouldBe(new ProxyAddress(ProxyKind.Http, "new", 3128));
        Proxy("""{ "proxy": "http://new:3128" }""", ("FLEET_AGENT_PROXY", "none")).ShouldBeNull();

        var password = Path.Combine(_directory.Path, "password");
        System.IO.File.WriteAllText(password, "hunter2\n");
        Proxy($$"""{ "proxyPasswordFile": "{{password}}" }""").ShouldBe(remembered with { Password = "hunter2" });
        Proxy($$"""{ "proxy": "http://bob@new:3128", "proxyPasswordFile": "{{password}}" }""")
            .ShouldBe(new ProxyAddress(ProxyKind.Http, "new", 3128, "bob", "hunter2"));
        Should.Throw<InvalidDataException>(() => Proxy($$"""{ "proxy": "http://new:3128", "proxyPasswordFile": "{{password}}" }"""))
            .Message.ShouldContain("no user name");
        Should.Throw<InvalidDataException>(() => Proxy("""{ "proxy": "http://bob@new:3128", "proxyPasswordFile": "/nowhere/password" }"""))
            .Message.ShouldContain("/nowhere/password");
    }

    [Theory]
    [InlineData("state", "here", "give an absolute path")]
    [InlineData("controller", "host:99999", "give host or host:port")]
    [InlineData("allowRunAs", "deploy, -x y", "give a list of user names or numeric ids")]
    [InlineData("passEnvironment", "FLEET_AGENT_STATE", "give a list of names")]
    [InlineData("passEnvironment", "1A", "give a list of names")]
    [InlineData("maxTasks", "0", "give a whole number from 1 to 1024")]
    [InlineData("journal.maxBytes", "1KiB", "give 1MiB to 1TiB")]
    public void What_cannot_be_used_is_named_with_a_hint(string key, string text, string hint) =>
        Load($$"""{ "{{key}}": "{{text}}" }""").Errors.ShouldHaveSingleItem().ToString()
            .ShouldStartWith($"{File}, line 1: {key} cannot be \"{text}\": {hint}");

    [Theory]
    [InlineData("max_tasks", "maxTasks"), InlineData("journal_limit", "journal.maxBytes"), InlineData("allow_run_as", "allowRunAs")]
    [InlineData("scan_cpu_percent", "scans.maxCpuPercent"), InlineData("log_level", "log.level"), InlineData("log_file_size", "log.fileBytes")]
    [InlineData("proxy_password_file", "proxyPasswordFile")]
    public void Of_a_key_that_was_renamed_the_new_one_is_named(string former, string key) =>
        Load($$"""{ "{{former}}": "1" }""").Errors.ShouldHaveSingleItem().Message.ShouldBe($"\"{former}\" is now called \"{key}\"");

    [Fact]
    public void A_proxys_password_is_in_no_line()
    {
        var log = new LogLines<LiveSettings<AgentOptions>>();
        var started = Load("""{ "proxy": "http://ann:hunter2@proxy:3128" }""");
        var live = new LiveSettings<AgentOptions>(
            AgentSettings.Table, started, () => AgentSettings.Table.Load(new SettingsSources { File = File }), new ServiceNotifier(null, null, TimeProvider.System), log);
        Load("""{ "proxy": "http://ann:hunter3@proxy:3128" }""");
        live.Reload();
        Load("""{ "proxy": "http://ann:hunter4" }""");
        live.Reload();

        var lines = log.Take();
        lines[0].ShouldBe(
            "Warning: Setting proxy stays http://ann@proxy:3128 until fleet-agent is restarted (systemctl restart fleet-agent); then it is http://ann@proxy:3128");
        lines[^1].ShouldContain("line 1: proxy cannot be that (it may hold a password and is not shown): give http://[USER:PASSWORD@]HOST:PORT");
        lines.ShouldAllBe(line => !line.Contains("hunter"));
    }

    private LoadedSettings<AgentOptions> Load(string text, params (string Name, string Text)[] variables)
    {
        System.IO.File.WriteAllText(File, text);
        return AgentSettings.Table.Load(new SettingsSources
        {
            File = File,
            Environment = name => variables.Where(variable => variable.Name == name).Select(variable => variable.Text).FirstOrDefault(),
        });
    }
}
