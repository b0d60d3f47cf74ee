using System.Diagnostics;
using Fleet.Cli.Install;
using Fleet.Protocol.Identity;

namespace Fleet.Cli.Tests.Install;

public sealed class What_ssh_is_given
{
    [Fact]
    public void Hosts_are_read_with_users_ports_and_ranges() =>
        SshHostList.Read(["root@web[1-2,4]:2222, db1", "a@b@[2001:db8::1]:22,db1,2001:db8::2"]).Select(Inventories_in_INI.Line).ShouldBe(
        [
            "web1: web1 root 2222 ", "web2: web2 root 2222 ", "web4: web4 root 2222 ", "db1: db1 -  ",
            "2001:db8::1: 2001:db8::1 a@b 22 ", "2001:db8::2: 2001:db8::2 -  ",
        ]);

    [Theory]
    [InlineData("-oProxyCommand=id")]
    [InlineData("root@-oProxyCommand=id")]
    [InlineData("-l@web1")]
    [InlineData("x;id@web1")]
    [InlineData("@web1")]
    [InlineData("web1:0")]
    [InlineData("\"$(id)\"")]
    [InlineData("\"a b\"")]
    [InlineData(",")]
    [InlineData("root@web1,web1")]
    public void What_ssh_or_a_shell_could_take_for_something_else_is_refused(string hosts) =>
        Should.Throw<CommandFailure>(() => SshHostList.Read([hosts])).ExitCode.ShouldBe(ExitCode.BadUsage);

    [Fact]
    public void What_must_hold_stands_before_what_the_operator_gave_and_the_host_after_two_dashes()
    {
        var words = SshArguments.Of(new InstallTarget("web1", "10.0.0.1", "ops", 2222, []), TimeSpan.FromMilliseconds(2500), ["-o", "BatchMode=no", "-J", "bastion"]);
        var line = string.Join(' ', words);
        line.ShouldStartWith("-T -x -a -o BatchMode=yes -o ConnectTimeout=3 ");
        line.ShouldContain(" -o BatchMode=no -J bastion ");
        line.ShouldEndWith(" -p 2222 -l ops -- 10.0.0.1 exec /bin/sh -s");
    }

    [Fact]
    public async Task A_shell_reads_every_option_as_it_was_given_and_runs_nothing_of_it()
    {
        string[] options = ["--token", "t", "--label", "a='x'; touch /nowhere/pwned", "$(id)", "`id`", "back\\slash", "two\nlines", "\"", ""];
        ControllerAddress.TryParse("fleet.example:7443", out var address, out _).ShouldBeTrue();
        var script = RemoteScript.Compose(address!, new byte[32], options, null);

        // In the place of curl and of the script that it fetches: a function that prints the words it gets.
        var fetch = InstallLine.Fetch(address!, new byte[32], null);
        script.ShouldContain($"script=$({fetch}) || exit {RemoteScript.NoScript}");
        script = script.Replace(fetch, "echo 'for word; do printf \"<%s>\" \"$word\"; done'", StringComparison.Ordinal).Replace("root='sudo -n'", "root=", StringComparison.Ordinal)
            .Replace("sudo -n sh", "sh", StringComparison.Ordinal).Replace("command -v", "echo", StringComparison.Ordinal);
        (await ShellAsync(script)).ShouldBe($"{RemoteScript.Begun}\n{string.Concat(options.Select(option => $"<{option}>"))}");
    }

    [Fact]
    public async Task The_proxy_goes_to_curl_and_to_the_script_and_into_no_list_of_processes()
    {
        ControllerAddress.TryParse("127.0.0.1:1", out var address, out _).ShouldBeTrue();
        var proxy = new ProxyAddress(ProxyKind.Socks5, "127.0.0.1", 1, "ann", "hunter2 '\"$(id)~");
        var script = RemoteScript.Compose(address!, new byte[32], ["--token", "t"], proxy);

        // Programs are started with what stands outside of printf, which the shell itself is.
        foreach (var command in script.Split('\n', '|').Where(command => !command.Contains("printf", StringComparison.Ordinal)))
            command.ShouldNotContain("hunter2");
        var fetch = InstallLine.Fetch(address!, new byte[32], proxy);
        script.ShouldContain($"script=$({fetch}) || exit {RemoteScript.NoScript}");
        script = script.Replace(fetch, "echo 'printf %s \"$FLEET_PROXY\"'", StringComparison.Ordinal).Replace("root='sudo -n'", "root=", StringComparison.Ordinal)
            .Replace("sudo -n sh", "sh", StringComparison.Ordinal).Replace("command -v", "echo", StringComparison.Ordinal);
        (await ShellAsync(script)).ShouldBe($"{RemoteScript.Begun}\n{proxy.ToCurlText()}");
    }

    [Fact]
    public async Task Of_a_script_that_was_cut_on_its_way_nothing_runs()
    {
        ControllerAddress.TryParse("fleet.example", out var address, out _).ShouldBeTrue();
        var script = RemoteScript.Compose(address!, new byte[32], ["--token", "t"], null);
        (await ShellAsync(script[..script.IndexOf("fleet_install <", StringComparison.Ordinal)])).ShouldBe("");
    }

    private static async Task<string> ShellAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", "-s") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        return await shell.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }
}
