using System.Text;
using Fleet.Agent.Settings;
using Fleet.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tests.Settings;

public sealed class SettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_proxy_is_the_one_that_is_set_else_the_one_that_was_enrolled_through_and_none_if_that_is_said()
    {
        var remembered = new ProxyAddress(ProxyKind.Socks5, "old", 1080, "ann", "old");
        ProxyAddress? Proxy(string file, params (string Name, string Text)[] variables)
        {
            var loaded = SettingsLoader.Load(Write(file), variables.ToDictionary(v => v.Name, v => v.Text).GetValueOrDefault, []);
            loaded.Faults.ShouldBeEmpty();
            return loaded.Settings.Proxy.Resolve(remembered);
        }

        Proxy("{}").ShouldBe(remembered);
        // Of what other programs read nothing counts.
        Proxy("{}", ("HTTPS_PROXY", "http://other:1"), ("https_proxy", "http://other:1"), ("ALL_PROXY", "http://other:1")).ShouldBe(remembered);
        Proxy("""{ "proxy": "none" }""").ShouldBeNull();
        Proxy("""{ "proxy": "none", "proxy_password_file": "/nowhere" }""").ShouldBeNull();
        Proxy("""{ "proxy": "none" }""", ("FLEET_AGENT_PROXY", "http://new:3128")).ShouldBe(new ProxyAddress(ProxyKind.Http, "new", 3128));
        Proxy("""{ "proxy": "http://new:3128" }""", ("FLEET_AGENT_PROXY", "none")).ShouldBeNull();

        var password = Path.Combine(_directory.Path, "password");
        File.WriteAllText(password, "hunter2\n");
        Proxy($$"""{ "proxy_password_file": "{{password}}" }""").ShouldBe(remembered with { Password = "hunter2" });
        Proxy($$"""{ "proxy": "http://bob@new:3128", "proxy_password_file": "{{password}}" }""").ShouldBe(new ProxyAddress(ProxyKind.Http, "new", 3128, "bob", "hunter2"));
        Should.Throw<InvalidDataException>(() => Proxy($$"""{ "proxy": "http://new:3128", "proxy_password_file": "{{password}}" }""")).Message.ShouldContain("no user name");
        Should.Throw<InvalidDataException>(() => Proxy("""{ "proxy": "http://bob@new:3128", "proxy_password_file": "/nowhere/password" }""")).Message.ShouldContain("/nowhere/password");
    }

    [Fact]
    public void Flags_win_over_the_environment_over_the_file_over_the_defaults()
    {
        var file = Write("""
            {
              // Comments and a trailing comma are welcome.
              "max_tasks": 2, "max_queued_tasks": 3, "journal_limit": "64MiB",
              "allow_run_as": ["deploy", "1000"],
              "log_level": "warning",
            }
            """);
        var environment = new Dictionary<string, string> { ["FLEET_AGENT_MAX_QUEUED_TASKS"] = "30", ["FLEET_AGENT_LOG_LEVEL"] = "error" };
        var loaded = SettingsLoader.Load(file, environment.GetValueOrDefault, [new SettingValue("log_level", "debug", "--log-level")]);

        loaded.Faults.ShouldBeEmpty();
        loaded.Settings.MaxTasks.ShouldBe(2);
        loaded.Settings.MaxQueuedTasks.ShouldBe(30);
        loaded.Settings.JournalLimitBytes.ShouldBe(64 << 20);
        loaded.Settings.AllowRunAs.ShouldBe(["deploy", "1000"]);
        loaded.Settings.Log.Level.ShouldBe(LogLevel.Debug);
        loaded.Settings.State.ShouldBe("/var/lib/fleet-agent");
    }

    [Fact]
    public void All_faults_are_named_at_once_each_with_its_place_value_and_mend()
    {
        var file = Write("{\n\"max_tasks\": 0,\n\"log_format\": \"xml\",\n\"wings\": 2,\n\"state\": \"here\",\n\"journal_limit\": true\n}");
        var environment = new Dictionary<string, string> { ["FLEET_AGENT_CONTROLLER"] = "host:99999" };

        var faults = SettingsLoader.Load(file, environment.GetValueOrDefault, []).Faults;

        faults.Count.ShouldBe(6);
        faults.ShouldContain(f => f == $"{file}, line 2: max_tasks cannot be \"0\": give a number from 1 to 1024");
        faults.ShouldContain(f => f == $"{file}, line 3: log_format cannot be \"xml\": give text or json");
        faults.ShouldContain(f => f.StartsWith($"{file}, line 4: there is no setting \"wings\"; there are state, controller", StringComparison.Ordinal));
        faults.ShouldContain(f => f == $"{file}, line 5: state cannot be \"here\": give an absolute path");
        faults.ShouldContain(f => f.StartsWith($"{file}, line 6: \"journal_limit\" has a value of a kind", StringComparison.Ordinal));
        faults.ShouldContain(f => f == "FLEET_AGENT_CONTROLLER: controller cannot be \"host:99999\": give host or host:port");
    }

    [Fact]
    public void A_named_file_must_be_there()
    {
        SettingsLoader.Load("/nowhere/agent.json", _ => null, []).Faults.ShouldHaveSingleItem().ShouldContain("/nowhere/agent.json");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"max_tasks\": 1} x")]
    [InlineData("{\"max_tasks\": 1, \"max_tasks\": 2}")]
    [InlineData("{\"allow_run_as\": [1]}")]
    [InlineData("\u0000\u0001")]
    public void A_broken_file_gets_one_fault_and_no_crash(string text)
    {
        var faults = new List<string>();
        SettingsFile.Read(Encoding.UTF8.GetBytes(text), "agent.json", faults);
        faults.ShouldHaveSingleItem().ShouldStartWith("agent.json");
    }

    [Fact]
    public void No_bytes_make_the_reader_crash()
    {
        var random = new Random(4);
        var valid = Encoding.UTF8.GetBytes("{ \"max_tasks\": 1, /* a */ \"allow_run_as\": [\"a\", \"b\"], \"x\": { \"y\": [null, 1e9] } }");
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])valid.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            SettingsFile.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)), "agent.json", []);
        }
    }

    private string Write(string text)
    {
        var path = Path.Combine(_directory.Path, "agent.json");
        File.WriteAllText(path, text);
        return path;
    }
}
