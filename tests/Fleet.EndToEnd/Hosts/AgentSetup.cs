using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

/// <summary>Puts agents on hosts, and takes them away, as an operator would.</summary>
internal sealed class AgentSetup(FleetOnThisMachine fleet, AgentPackages packages)
{
    /// <summary>By package, then enrolled by hand.</summary>
    public async Task<string> InstallPackageAsync(TestHost host)
    {
        var token = await fleet.CreateTokenAsync();
        host.CopyIn(packages.Deb, "/root/fleet-agent.deb");
        return await host.ShellAsync(
            "dpkg -i /root/fleet-agent.deb && rm /root/fleet-agent.deb"
            + $" && fleet-agent enroll --controller {fleet.Controller.Address} --token {token}"
            + " && systemctl enable --quiet --now fleet-agent");
    }

    /// <summary>With the line that `fleet token create --install` prints; the same line may be run again.</summary>
    public async Task<string> CreateLineAsync()
    {
        var created = await fleet.Admin.RunAsync("token", "create", "--install");
        return created.ExitCode == 0
            ? created.Stdout.Trim().Replace("| sudo sh", "| sh", StringComparison.Ordinal)
            : throw new InvalidOperationException($"No line: {created}");
    }
}
