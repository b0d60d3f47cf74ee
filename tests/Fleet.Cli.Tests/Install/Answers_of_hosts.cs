using Fleet.Cli.Install;

namespace Fleet.Cli.Tests.Install;

public sealed class Answers_of_hosts
{
    private const string Begun = RemoteScript.Begun + "\n";
    private static readonly InstallTarget s_host = new("web1", "10.0.0.1", "ops", null, []);

    // What OpenSSH 9.2 says.
    [Theory]
    [InlineData("ssh: connect to host 10.0.0.1 port 22: Connection refused", "CannotConnect", "Connection refused")]
    [InlineData("ssh: connect to host 10.0.0.1 port 22: Connection timed out", "CannotConnect", "Connection timed out")]
    [InlineData("ssh: Could not resolve hostname 10.0.0.1: Name or service not known", "CannotConnect", "Name or service not known")]
    [InlineData("Connection closed by 10.0.0.1 port 22", "CannotConnect", "Connection closed by the host port 22")]
    [InlineData("No ED25519 host key is known for 10.0.0.1 and you have requested strict checking.\r\nHost key verification failed.", "HostKeyUnknown", "")]
    [InlineData("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", "HostKeyUnknown", "it differs from the key in known_hosts: the host was reinstalled, or the connection is intercepted")]
    [InlineData("ops@10.0.0.1: Permission denied (publickey,password).", "PermissionDenied", "(publickey,password)")]
    [InlineData("Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures", "PermissionDenied", "")]
    [InlineData("", "CannotConnect", "ssh gave no reason")]
    public void What_ssh_says_is_told_apart(string complaint, string kind, string reason)
    {
        var outcome = Read(255, "", complaint);
        (outcome.Kind.ToString(), outcome.Reason).ShouldBe((kind, reason));
    }

    [Theory]
    [InlineData(61, "", "SudoNeedsPassword", "there is no sudo, and the user is not root", "")]
    [InlineData(62, "sudo: a password is required\n", "SudoNeedsPassword", "", "sudo: a password is required\n")]
    [InlineData(63, "", "Unsupported", "curl is missing", "")]
    [InlineData(64, "curl: (7) Failed to connect\n", "DownloadFailed", "", "curl: (7) Failed to connect\n")]
    [InlineData(1, "fleet: not installed, nothing was changed: this is Darwin; the agent is for Linux\n", "Unsupported", "this is Darwin; the agent is for Linux", "")]
    [InlineData(1, "fleet: not installed, nothing was changed: fetching x from c failed (28)\n", "DownloadFailed", "", "fetching x from c failed (28)\n")]
    [InlineData(1, "fleet-agent: the name web1 is taken\nfleet: installed, but not enrolled\n", "Failed", "", "the name web1 is taken\n")]
    [InlineData(255, "client_loop: send disconnect: Broken pipe\n", "ConnectionLost", "the result is unknown: run it again", "")]
    [InlineData(0, "", "Failed", "the host did not report its agent", "")]
    public void What_the_host_says_is_told_apart(int code, string complaint, string kind, string reason, string details)
    {
        var outcome = Read(code, Begun, complaint);
        (outcome.Kind.ToString(), outcome.Reason, outcome.Details).ShouldBe((kind, reason, details));
    }

    [Fact]
    public void A_login_shell_that_starts_no_shell_is_no_host_for_an_agent()
    {
        var outcome = Read(1, "This account is currently not available.\n", "");
        outcome.ShouldBe(new InstallOutcome(InstallKind.Unsupported, "its login shell did not start /bin/sh (exit code 1)", "This account is currently not available.\n"));
    }

    [Theory]
    [InlineData("Enrolled with the controller at c:7443 as web1 (a-0123456789abcdef).", InstallKind.Installed)]
    [InlineData("This host is enrolled already with the controller at c:7443 as web1 (a-0123456789abcdef). Nothing was changed.", InstallKind.AlreadyEnrolled)]
    public void The_agent_is_the_one_that_the_host_names(string said, object kind)
    {
        var outcome = Read(0, Begun + "fleet: wrote /usr/bin/fleet-agent\n" + said + "\nfleet: started fleet-agent.service\n", "");
        outcome.ShouldBe(new InstallOutcome((InstallKind)kind, Agent: new InstalledAgent("web1", "a-0123456789abcdef")));
    }

    private static InstallOutcome Read(int code, string stdout, string stderr) => AnswerReader.Read(s_host, new SshAnswer(code, stdout, stderr));
}
