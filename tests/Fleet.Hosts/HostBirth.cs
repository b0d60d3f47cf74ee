using System.Net;
using Fleet.Hosts.Disks;
using Fleet.Hosts.Network;
using Fleet.Hosts.Pools;

namespace Fleet.Hosts;

/// <summary>What a host is given by its pool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address.</param>
/// <param name="Mark">The pool.</param>
/// <param name="Bridge">The pool's network.</param>
/// <param name="Disk">Its disk.</param>
/// <param name="LowerRoot">The root that its disk is a layer upon.</param>
/// <param name="Shared">Directories of this machine that it sees.</param>
/// <param name="Cgroups">The cgroups that it has.</param>
internal sealed record HostBirth(
    string Name, IPAddress Address, PoolMark Mark, Bridge Bridge, HostDisk Disk, string LowerRoot, IReadOnlyList<string> Shared, HostCgroups Cgroups);
