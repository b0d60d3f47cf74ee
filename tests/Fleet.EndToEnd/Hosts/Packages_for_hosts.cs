namespace Fleet.EndToEnd.Hosts;

/// <summary>
/// Not in the collection of the hosts: it runs beside other tests and makes ready what those on hosts begin with, the root that they
/// boot from and the agent's packages, which takes two to four minutes where nothing is there yet.
/// </summary>
public sealed class Packages_for_hosts
{
    [HostFact]
    public async Task The_agent_is_packed_for_Debian_for_Fedora_and_for_the_line_that_installs_it()
    {
        var packages = await AgentPackages.EnsureAsync();

        foreach (var package in new[] { packages.Deb, packages.Rpm })
            new FileInfo(package).Length.ShouldBeGreaterThan(1_000_000, package);
        Directory.EnumerateFiles(packages.Shelf).Select(Path.GetFileName).ShouldContain("install.sh");
        Directory.EnumerateFiles(packages.Shelf, "fleet-agent-*-linux-x64.tar.gz").ShouldHaveSingleItem();
    }
}
