using Fleet.Harness;
using Fleet.Hosts;
using Fleet.Hosts.Machine;

namespace Fleet.EndToEnd.Hosts;

/// <summary>A controller on this machine, three real hosts with an agent each and one that has none yet.</summary>
public sealed class HostFleet : IAsyncLifetime
{
    /// <summary>The hosts with agents.</summary>
    public static readonly IReadOnlyList<string> WithAgents = ["web1", "web2", "db1"];

    /// <summary>The host that no agent was installed on.</summary>
    public const string NewHost = "new1";

    private FleetOnThisMachine? _fleet;
    private HostPool? _pool;
    private string? _shelf;

    /// <summary>The controller and its administrator.</summary>
    public FleetOnThisMachine Fleet => _fleet!;

    /// <summary>The hosts.</summary>
    public HostPool Hosts => _pool!;

    /// <summary>Installs agents.</summary>
    internal AgentSetup Setup { get; private set; } = null!;

    /// <summary>The agent as it is shipped.</summary>
    internal AgentPackages Packages { get; private set; } = null!;

    /// <summary>Versions of the agent.</summary>
    internal AgentVersions Versions { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // Where there can be no hosts the tests are reported as skipped.
        if (Prerequisites.Missing([.. HostFactAttribute.Packages]) is not null || await MachineCheck.WhyNeverAsync() is not null)
            return;

        // Both take a minute where nothing is there yet.
        var obstacle = MachineCheck.WhyNotAsync();
        var packages = await AgentPackages.EnsureAsync();
        if (await obstacle is not null)
            return;
        _shelf = Directory.CreateTempSubdirectory("fleet-shelf-").FullName;
        packages = packages.WithShelf(_shelf);
        _pool = await HostPool.StartAsync([.. WithAgents, NewHost]);
        _fleet = await FleetOnThisMachine.StartAsync(_pool.Gateway, "--set", $"artifacts={packages.Shelf}");
        Packages = packages;
        Setup = new AgentSetup(_fleet, packages);
        Versions = new AgentVersions(packages);
        await Task.WhenAll(WithAgents.Select(name => Setup.InstallPackageAsync(_pool[name])));
        await _fleet.WaitOnlineAsync(WithAgents.Count);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_fleet is not null)
            await _fleet.DisposeAsync();
        if (_pool is not null)
            await _pool.DisposeAsync();
        if (_shelf is not null)
            Directory.Delete(_shelf, recursive: true);
    }
}
