using System.Text.RegularExpressions;
using Fleet.Protocol.Identifiers;

namespace Fleet.Cli.Install;

/// <summary>Tells from what ssh and the host said how the installation ended. Its words are OpenSSH's and those of installers/tarball/install.sh.</summary>
internal static partial class AnswerReader
{
    private const int SshFailed = 255;
    private const int MostDetails = 12;
    private const string Refusal = "fleet: not installed, nothing was changed: ";
    private const string AgentSays = "fleet-agent: ";

    /// <summary>Reads an answer; a good one still waits for the agent's link.</summary>
    public static InstallOutcome Read(InstallTarget target, SshAnswer answer)
    {
        var hasBegun = answer.Stdout.Contains(RemoteScript.Begun, StringComparison.Ordinal) || answer.Stdout.Contains("fleet: ", StringComparison.Ordinal);
        if (answer.ExitCode == SshFailed)
            return hasBegun ? new(InstallKind.ConnectionLost, "the result is unknown: run it again") : ReadSsh(target, answer.Stderr);
        if (!hasBegun)
            return new(InstallKind.Unsupported, $"its login shell did not start /bin/sh (exit code {answer.ExitCode})", Tail(answer.Stdout + answer.Stderr));
        return answer.ExitCode switch
        {
            0 => ReadSuccess(answer),
            RemoteScript.NoSudo => new(InstallKind.SudoNeedsPassword, "there is no sudo, and the user is not root"),
            RemoteScript.SudoRefuses => new(InstallKind.SudoNeedsPassword, "", Tail(answer.Stderr)),
            RemoteScript.NoCurl => new(InstallKind.Unsupported, "curl is missing"),
            RemoteScript.NoScript => new(InstallKind.DownloadFailed, "", Tail(answer.Stderr)),
            _ => ReadFailure(answer),
        };
    }

    private static InstallOutcome ReadSsh(InstallTarget target, string complaint)
    {
        var lines = Lines(complaint);
        if (complaint.Contains("HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal))
            return new(InstallKind.HostKeyUnknown, "it differs from the key in known_hosts: the host was reinstalled, or the connection is intercepted");
        if (complaint.Contains("Host key verification failed", StringComparison.Ordinal))
            return new(InstallKind.HostKeyUnknown);
        // "x@y: Permission denied (publickey,password)."; "Too many authentication failures" is the same to the operator.
        if (lines.FindLast(line => line.Contains("Permission denied", StringComparison.Ordinal) || line.Contains("authentication failures", StringComparison.Ordinal)) is { } denied)
            return new(InstallKind.PermissionDenied, denied.IndexOf('(', StringComparison.Ordinal) is var methods and >= 0 ? denied[methods..].TrimEnd('.') : "");
        return new(InstallKind.CannotConnect, Cause(target, lines.Count > 0 ? lines[^1] : "ssh gave no reason"));
    }

    /// <summary>"ssh: connect to host web1 port 22: Connection refused" is "Connection refused", so that hosts fold.</summary>
    private static string Cause(InstallTarget target, string line)
    {
        var colon = line.LastIndexOf(": ", StringComparison.Ordinal);
        var cause = (colon < 0 ? line : line[(colon + 2)..]).TrimEnd('.');
        return string.Join(' ', cause.Split(' ').Select(word => word == target.Address ? "the host" : word));
    }

    private static InstallOutcome ReadSuccess(SshAnswer answer)
    {
        var enrollment = Enrollment().Matches(answer.Stdout).LastOrDefault();
        if (enrollment is null || !AgentId.TryParse(enrollment.Groups["id"].Value, out _) || !AgentName.TryParse(enrollment.Groups["name"].Value, out _))
            return new(InstallKind.Failed, "the host did not report its agent", Tail(answer.Stdout));
        var agent = new InstalledAgent(enrollment.Groups["name"].Value, enrollment.Groups["id"].Value);
        return enrollment.Groups["already"].Success ? new(InstallKind.AlreadyEnrolled, Agent: agent) : new(InstallKind.Installed, Agent: agent);
    }

    private static InstallOutcome ReadFailure(SshAnswer answer)
    {
        var lines = Lines(answer.Stderr);
        if (lines.FindLast(line => line.StartsWith(Refusal, StringComparison.Ordinal)) is { } refused)
        {
            var reason = refused[Refusal.Length..];
            return reason.StartsWith("fetching ", StringComparison.Ordinal) || reason.StartsWith("what came from ", StringComparison.Ordinal)
                ? new(InstallKind.DownloadFailed, "", reason + "\n")
                : new(InstallKind.Unsupported, reason);
        }

        var said = lines.FindLast(line => line.StartsWith(AgentSays, StringComparison.Ordinal));
        return new(InstallKind.Failed, said is null ? $"exit code {answer.ExitCode}" : "", said is null ? Tail(answer.Stdout + answer.Stderr) : said[AgentSays.Length..] + "\n");
    }

    private static List<string> Lines(string text) => [.. text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static string Tail(string text) =>
        string.Concat(Lines(text).Where(line => line != RemoteScript.Begun).TakeLast(MostDetails).Select(line => line + "\n"));

    // What `fleet-agent enroll` prints: "Enrolled with the controller at C as NAME (ID)." or "This host is enrolled already with ...".
    [GeneratedRegex(@"nrolled(?<already> already)? with the controller at \S+ as (?<name>\S+) \((?<id>a-[0-9a-z]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Enrollment();
}
