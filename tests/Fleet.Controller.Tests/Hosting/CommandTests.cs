using System.Text.RegularExpressions;
using Fleet.Controller.Hosting.Commands;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Tests.Hosting;

public sealed class CommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Init_makes_a_fleet_says_how_to_log_in_and_never_overwrites_it()
    {
        var data = _directory.New("data");

        (await RunAsync("init", "--data", data, "--advertise", "fleet.example:7443", "--admin-name", "ada")).ShouldBe(0);

        var text = _output.ToString();
        text.ShouldContain("fleet login --controller fleet.example:7443 --name ada --token fleet1.o.");
        var token = text[text.IndexOf("fleet1.", StringComparison.Ordinal)..].Trim();
        JoinToken.TryParse(token, out var parsed, out _).ShouldBeTrue();
        text.ShouldContain(Convert.ToHexStringLower(parsed!.RootFingerprint));
        var before = Directory.GetFiles(Path.Combine(data, "trust")).ToDictionary(file => file, File.ReadAllText);

        (await RunAsync("init", "--data", data)).ShouldBe(1);

        _errors.ToString().ShouldContain("holds a controller already");
        Directory.GetFiles(Path.Combine(data, "trust")).ToDictionary(file => file, File.ReadAllText).ShouldBe(before);
    }

    [Fact]
    public async Task Init_leaves_a_directory_alone_that_holds_something_else()
    {
        var data = Directory.CreateDirectory(_directory.New("data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "fleet.db"), "");

        (await RunAsync("init", "--data", data)).ShouldBe(1);

        _errors.ToString().ShouldContain("it holds fleet.db");
        Directory.Exists(Path.Combine(data, "trust")).ShouldBeFalse();
    }

    [Fact]
    public async Task Tokens_are_made_listed_and_revoked_while_no_controller_runs()
    {
        var data = _directory.New("data");
        (await RunAsync("init", "--data", data)).ShouldBe(0);
        _output.GetStringBuilder().Clear();

        (await RunAsync("token", "create", "--data", data, "--expires", "2h", "--uses", "5", "--label", "role=web,dc=fra", "--note", "rack 7")).ShouldBe(0);
        JoinToken.TryParse(_output.ToString(), out var token, out _).ShouldBeTrue();
        token!.Kind.ShouldBe(JoinTokenKind.Agent);

        (await RunAsync("token", "revoke", $"t-{token.Id}", "--data", data)).ShouldBe(0);
        (await RunAsync("token", "list", "--all", "--data", data)).ShouldBe(0);
        _output.ToString().ShouldContain("rack 7 (revoked)");
        (await RunAsync("token", "revoke", "t-0000000000000000", "--data", data)).ShouldBe(1);
    }

    [Theory]
    [InlineData("there is no fleet in /nonexistent/fleet", 2, "run", "--data", "/nonexistent/fleet")]
    [InlineData("exclude each other", 2, "run", "--data", "/nonexistent/fleet", "--new-store", "--accept-older-store")]
    [InlineData("there is no fleet in", 2, "token", "list", "--data", "/nonexistent/fleet")]
    [InlineData("'10' has no unit", 2, "token", "create", "--data", "/nonexistent/fleet", "--expires", "10")]
    [InlineData("is not a token's id", 2, "token", "revoke", "x", "--data", "/nonexistent/fleet")]
    [InlineData("--admin-name", 2, "init", "--data", "/nonexistent/fleet", "--admin-name", "a b")]
    [InlineData("give KEY=VALUE", 2, "check-config", "--set", "nonsense")]
    [InlineData("give ADDRESS:PORT", 2, "run", "--listen", "here")]
    [InlineData("Unrecognized command", 2, "destroy")]
    [InlineData("--from: \"mongo:/tmp/x\" names no store: give KIND:PATH with the kind sqlite or litedb, such as sqlite:/", 2, "store", "copy", "--from", "mongo:/tmp/x", "--to", "litedb:/tmp/y")]
    [InlineData("--to: \"litedb\" names no store", 2, "store", "copy", "--from", "sqlite:/tmp/x", "--to", "litedb")]
    [InlineData("--to: \"litedb:\" names no store", 2, "store", "copy", "--from", "sqlite:/tmp/x", "--to", "litedb:")]
    [InlineData("--to: /nonexistent/x is the store that is to be copied", 2, "store", "copy", "--from", "sqlite:/nonexistent/x", "--to", "litedb:/nonexistent/x")]
    [InlineData("--to: there is no directory /nonexistent", 2, "store", "copy", "--from", "sqlite:/tmp/x", "--to", "litedb:/nonexistent/x")]
    [InlineData("there is no store /nonexistent/x", 2, "store", "copy", "--from", "sqlite:/nonexistent/x", "--to", "litedb:/tmp/y")]
    [InlineData("'--to' is required", 2, "store", "copy", "--from", "sqlite:/tmp/x")]
    public async Task Bad_usage_is_named_and_changes_nothing(string message, int exitCode, params string[] args)
    {
        (await RunAsync(args)).ShouldBe(exitCode);
        _errors.ToString().ShouldContain(message);
    }

    [Fact]
    public async Task Only_init_makes_a_fleet()
    {
        var data = Directory.CreateDirectory(_directory.New("data")).FullName;

        (await RunAsync("run", "--data", data)).ShouldBe(2);

        _errors.ToString().ShouldContain("create a new fleet with `fleet-controller init`, or restore a backup with `fleet-controller restore`");
        Directory.GetFileSystemEntries(data).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(".")]
    [InlineData("trust")]
    public async Task A_directory_that_others_may_write_is_refused(string which)
    {
        var data = _directory.New("data");
        (await RunAsync("init", "--data", data)).ShouldBe(0);
        var open = Path.GetFullPath(Path.Combine(data, which));
        File.SetUnixFileMode(open, File.GetUnixFileMode(open) | UnixFileMode.GroupWrite);

        (await RunAsync("token", "list", "--data", data)).ShouldBe(1);
        (await RunAsync("run", "--data", data)).ShouldBe(1);

        _errors.ToString().ShouldContain($"run `chmod 700 {open}`");
        File.GetUnixFileMode(open).HasFlag(UnixFileMode.GroupWrite).ShouldBeTrue("it is not closed silently");
    }

    [Fact]
    public async Task A_lost_store_is_refused_with_what_to_do_and_a_new_one_is_made_only_when_asked_for()
    {
        var data = _directory.New("data");
        (await RunAsync("init", "--data", data)).ShouldBe(0);
        File.Delete(Path.Combine(data, "fleet.db"));

        (await RunAsync("run", "--data", data)).ShouldBe(2);
        (await RunAsync("token", "list", "--data", data)).ShouldBe(2);

        var refusal = _errors.ToString();
        refusal.ShouldContain("fleet.db is missing, although the trust roots beside it belong to a fleet that has one");
        refusal.ShouldContain("restore a backup (`fleet-controller restore`)");
        refusal.ShouldContain("`fleet-controller run --new-store`");
        File.Exists(Path.Combine(data, "fleet.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_store_is_copied_to_the_other_kind_compared_and_used_from_then_on()
    {
        var data = _directory.New("data");
        (await RunAsync("init", "--data", data)).ShouldBe(0);
        (await RunAsync("token", "create", "--data", data, "--note", "rack 7")).ShouldBe(0);
        var (sqlite, litedb) = (Path.Combine(data, "fleet.db"), Path.Combine(data, "fleet.litedb"));
        _output.GetStringBuilder().Clear();

        (await RunAsync("store", "copy", "--from", $"sqlite:{sqlite}", "--to", $"litedb:{litedb}")).ShouldBe(0, _errors.ToString());

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldMatch(@"^TABLE +ROWS  DIGEST$");
        lines.ShouldContain(line => Regex.IsMatch(line, @"^tokens +2  [0-9a-f]{16}$"));
        lines[^1].ShouldEndWith($" rows of sqlite:{sqlite} are in litedb:{litedb}, read again and the same");
        _errors.ToString().ShouldBeEmpty();
        _output.GetStringBuilder().Clear();
        (await RunAsync("token", "list", "--data", data, "--set", "store=litedb")).ShouldBe(0, _errors.ToString());
        _output.ToString().ShouldContain("rack 7");

        (await RunAsync("store", "copy", "--from", $"litedb:{litedb}", "--to", $"sqlite:{sqlite}")).ShouldBe(1);
        _errors.ToString().ShouldContain($"{sqlite} exists: a copy replaces nothing");
    }

    private Task<int> RunAsync(params string[] args) => CommandTree.RunAsync(args, _output, _errors).WaitAsync(TimeLimit.Default);
}
