using System.Net;
using Fleet.Hosts.Disks;
using Fleet.Hosts.Network;
using Fleet.Hosts.Pools;
using Fleet.Hosts.Roots;

namespace Fleet.Hosts;

/// <summary>Real hosts on a bridge of their own: Debian with systemd and journald, each with its own disk, network and cgroups.</summary>
/// <remarks>
/// All that is made on this machine carries the pool's name and goes with it. What a process that crashed left behind is removed
/// by the next one that starts a pool.
/// </remarks>
public sealed class HostPool : IAsyncDisposable
{
    private readonly PoolMark _mark;
    private readonly Bridge _bridge;
    private readonly List<TestHost> _hosts = [];

    private HostPool(PoolMark mark, Bridge bridge)
    {
        _mark = mark;
        _bridge = bridge;
    }

    /// <summary>Its name; all that is made for it on this machine carries it.</summary>
    public string Name => _mark.Id;

    /// <summary>This machine's address as the hosts see it.</summary>
    public IPAddress Gateway => _bridge.Gateway;

    /// <summary>The hosts, in the order in which they were named.</summary>
    public IReadOnlyList<TestHost> Hosts => _hosts;

    /// <summary>A host by its name.</summary>
    public TestHost this[string name] => _hosts.Single(host => host.Name == name);

    /// <summary>Boots hosts and waits until all are up.</summary>
    /// <param name="names">Their names, at most 6 characters each.</param>
    /// <param name="shared">Directories of this machine that the hosts see, at the same path, and cannot change.</param>
    public static async Task<HostPool> StartAsync(IEnumerable<string> names, params string[] shared)
    {
        await Reaper.RunAsync();
        var root = await DebianRoot.EnsureAsync();
        var mark = PoolMark.Create();
        try
        {
            var pool = new HostPool(mark, await Bridge.CreateAsync(mark.Bridge));
            var disk = new PoolDisk(mark.Disk);
            await disk.MountAsync();
            foreach (var name in names)
                await pool.PrepareAsync(name, disk, root, HostCgroups.AsHere, shared);
            await Task.WhenAll(pool._hosts.Select(host => host.StartAsync()));
            return pool;
        }
        catch
        {
            await Reaper.RemoveAsync(mark);
            throw;
        }
    }

    /// <summary>Boots one more host and waits until it is up.</summary>
    public async Task<TestHost> AddAsync(string name, HostCgroups cgroups)
    {
        var host = await PrepareAsync(name, new PoolDisk(_mark.Disk), await DebianRoot.EnsureAsync(), cgroups, []);
        await host.StartAsync();
        return host;
    }

    /// <summary>Makes the pool look like one whose process is gone, as if that had crashed. For tests of what happens then.</summary>
    public void Orphan() => (_mark with { Owner = default }).Write();

    /// <summary>Removes what crashed processes left behind, as the start of a pool does.</summary>
    public static Task RemoveOrphansAsync() => Reaper.RunAsync();

    /// <summary>Cuts the power of all hosts and removes whatever was made for them.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_hosts.Select(host => host.DisposeAsync().AsTask()));
        }
        finally
        {
            await Reaper.RemoveAsync(_mark);
        }
    }

    private async Task<TestHost> PrepareAsync(string name, PoolDisk disk, string root, HostCgroups cgroups, IReadOnlyList<string> shared)
    {
        var birth = new HostBirth(name, AddressOf(_hosts.Count), _mark, _bridge, await disk.AddAsync(name, root), root, shared, cgroups);
        var host = await TestHost.PrepareAsync(birth);
        _hosts.Add(host);
        return host;
    }

    // This machine has the first one.
    private IPAddress AddressOf(int index) => _bridge.Address(index + 2);
}
