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

    /// <summary>The controller and its administrator.</summary>
    public FleetOnThisMachine Fleet => _fleet!;

    /// <summary>The hosts.</summary>
    public HostPool Hosts => _pool!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        // The tests themselves are reported as skipped then.
        if (await MachineCheck.WhyNotAsync() is not null)
            return;
        _pool = await HostPool.StartAsync([.. WithAgents, NewHost], AgentPackage.SharedDirectories);
        _fleet = await FleetOnThisMachine.StartAsync(_pool.Gateway);
        var token = await _fleet.CreateTokenAsync("--uses", "3");
        await Task.WhenAll(WithAgents.Select(name => AgentPackage.InstallAsync(_pool[name], _fleet.Controller.Address, token)));
        await _fleet.WaitOnlineAsync(WithAgents.Count);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_fleet is not null)
            await _fleet.DisposeAsync();
        if (_pool is not null)
            await _pool.DisposeAsync();
    }
}
