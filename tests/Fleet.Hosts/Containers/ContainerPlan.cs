namespace Fleet.Hosts.Containers;

/// <summary>What a host is booted from.</summary>
internal sealed record ContainerPlan
{
    /// <summary>Its name on this machine, unique.</summary>
    public required string Machine { get; init; }

    /// <summary>Its own name for itself.</summary>
    public required string HostName { get; init; }

    /// <summary>Its root directory.</summary>
    public required string Root { get; init; }

    /// <summary>The bridge its network is plugged into.</summary>
    public required string Bridge { get; init; }

    /// <summary>The cgroups it lives in, one in each hierarchy.</summary>
    public required IReadOnlyList<string> Cgroups { get; init; }

    /// <summary>Whether it has cgroups of version 2 alone.</summary>
    public required bool IsUnified { get; init; }

    /// <summary>Where it says that it is up.</summary>
    public required string ReadySocket { get; init; }

    /// <summary>Directories of this machine that it sees and cannot change.</summary>
    public required IReadOnlyList<string> Shared { get; init; }
}
