using Fleet.Controller.Notifications;
using Fleet.Controller.Tests.Hosting;
using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Notifications;

public sealed class CommandSenderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CommandSender _sender = new(TimeProvider.System);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_command_gets_the_alert_as_json()
    {
        var file = _directory.New("alert.json");

        await SendAsync(CancellationToken.None, "/bin/sh", "-c", "cat > \"$1\"", "sh", file);

        (await File.ReadAllTextAsync(file)).ShouldContain("\"title\":\"[FIRING] error: oom/kill on web1\"");
    }

    [Fact]
    public async Task A_command_gets_nothing_of_the_controllers_environment_but_path_home_and_such()
    {
        Environment.SetEnvironmentVariable("FLEET_CONTROLLER_SECRET", "secret");
        var file = _directory.New("env");
        try
        {
            await SendAsync(CancellationToken.None, "/bin/sh", "-c", "env > \"$1\"", "sh", file);
        }
        finally
        {
            Environment.SetEnvironmentVariable("FLEET_CONTROLLER_SECRET", null);
        }

        var names = (await File.ReadAllLinesAsync(file)).Select(line => line.Split('=')[0]).ToList();
        names.ShouldContain("PATH");
        // The last three are the shell's own.
        names.ShouldBeSubsetOf(["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "PWD", "OLDPWD", "_"]);
    }

    [Theory]
    [InlineData("echo bad luck >&2; exit 3", "exit code 3: bad luck")]
    [InlineData("exit 0", "")]
    public async Task Its_exit_code_decides(string line, string fault)
    {
        if (fault.Length == 0)
            await SendAsync(CancellationToken.None, "/bin/sh", "-c", line);
        else
            (await Should.ThrowAsync<DeliveryException>(() => SendAsync(CancellationToken.None, "/bin/sh", "-c", line))).Message.ShouldBe(fault);
    }

    [Fact]
    public async Task What_a_command_leaves_behind_holds_nobody_up()
    {
        await SendAsync(CancellationToken.None, "/bin/sh", "-c", "sleep 30 & exit 0");
        (await Should.ThrowAsync<DeliveryException>(() => SendAsync(CancellationToken.None, "/bin/sh", "-c", "sleep 30 & exit 4"))).Message.ShouldBe("exit code 4: ");
    }

    [Fact]
    public async Task Of_a_command_that_says_very_much_the_beginning_is_kept()
    {
        var before = GC.GetTotalAllocatedBytes();
        var fault = await Should.ThrowAsync<DeliveryException>(
            () => SendAsync(CancellationToken.None, "/bin/sh", "-c", "echo bad luck >&2; head -c 50000000 /dev/zero | tr '\\0' x >&2; exit 3"));
        fault.Message.ShouldStartWith("exit code 3: bad luck xxx");
        fault.Message.Length.ShouldBeLessThan(600);
        // Of 50 million characters nothing is held; what other tests allocate meanwhile is far less.
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(50_000_000);
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_a_fault() =>
        (await Should.ThrowAsync<DeliveryException>(() => SendAsync(CancellationToken.None, "/nosuch/program"))).Message.ShouldContain("/nosuch/program");

    [Fact]
    public async Task A_command_that_does_not_end_is_killed_with_its_children()
    {
        var file = _directory.New("pid");
        using var stop = new CancellationTokenSource();
        var sending = SendAsync(stop.Token, "/bin/sh", "-c", "sleep 1000 & echo $! > \"$1.new\"; mv \"$1.new\" \"$1\"; wait", "sh", file);
        await Eventually.Async(() => File.Exists(file));
        var child = (await File.ReadAllTextAsync(file)).Trim();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => sending);
        await Eventually.Async(() => !File.Exists($"/proc/{child}/stat") || File.ReadAllText($"/proc/{child}/stat").Contains(") Z ", StringComparison.Ordinal));
    }

    private Task SendAsync(CancellationToken cancellationToken, params string[] words) => _sender
        .SendAsync(new NotificationChannel { Name = "run", Command = new CommandChannel { Words = { words } } }, SomeNotifications.Firing(), cancellationToken)
        .WaitAsync(Link.TestController.Patience);
}
