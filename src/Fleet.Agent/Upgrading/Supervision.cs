using System.Globalization;

namespace Fleet.Agent.Upgrading;

/// <summary>Whether somebody starts this agent again when it ends, without which it cannot change its version.</summary>
internal sealed class Supervision(ProgramTrial programs)
{
    /// <summary>The agent's unit, as packages and install.sh put it.</summary>
    public const string Unit = "fleet-agent.service";

    /// <summary>Whether systemd runs this host, as sd_booted(3) tells.</summary>
    public static bool HasSystemd => Directory.Exists("/run/systemd/system");

    /// <summary>Whether systemd started this very process.</summary>
    public static bool IsBySystemd =>
        // Of systemd 248 and newer (systemd.exec(5)); it survives execve as the process number does, and tells children from the service.
        Environment.GetEnvironmentVariable("SYSTEMD_EXEC_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Insists that the service is started again after any end.</summary>
    /// <returns>The service.</returns>
    /// <exception cref="UpgradeException">It is not.</exception>
    public async Task<string> CheckAsync(CancellationToken cancellationToken)
    {
        if (!IsBySystemd)
            throw new UpgradeException(Refusal);
        if (UnitOf(File.ReadLines("/proc/self/cgroup")) is not { } unit)
            throw new UpgradeException("this agent does not run as a systemd service and would not be restarted");
        var (exitCode, said) = await AskAsync(["show", "--property=Restart,RestartPreventExitStatus", unit], cancellationToken);
        if (exitCode != 0)
            throw new UpgradeException($"systemd cannot be asked whether it starts {unit} again: {said}");
        var lines = said.Split('\n');
        if (!lines.Contains("Restart=always") || lines.Any(line => line.StartsWith("RestartPreventExitStatus=", StringComparison.Ordinal) && !line.EndsWith('=')))
            throw new UpgradeException($"{unit} is not started again after every end ({string.Join(", ", lines)}): install the unit of this version");
        return unit;
    }

    /// <summary>Lets the service be started as often as its unit allows (StartLimitBurst), however often it was lately.</summary>
    public async Task ForgetStartsAsync(string unit, CancellationToken cancellationToken)
    {
        // Best effort: the limit is far from what one upgrade takes.
        _ = await AskAsync(["reset-failed", unit], cancellationToken);
    }

    private Task<(int ExitCode, string Said)> AskAsync(IEnumerable<string> words, CancellationToken cancellationToken) =>
        programs.RunAsync(["/bin/systemctl", .. words], cancellationToken);

    /// <summary>Why an agent without systemd takes no upgrades.</summary>
    public const string Refusal = "this agent is not run by systemd and would not be restarted; replace its program manually";

    /// <summary>The service that a process belongs to, by its cgroups (cgroups(7)); null for none.</summary>
    public static string? UnitOf(IEnumerable<string> memberships) => memberships
        .SelectMany(line => line.Split('/'))
        .FirstOrDefault(part => part.EndsWith(".service", StringComparison.Ordinal));
}
