namespace Fleet.Hosts;

/// <summary>Which cgroups a host has.</summary>
public enum HostCgroups
{
    /// <summary>As this machine has them.</summary>
    AsHere,

    /// <summary>Version 2 and nothing else, with those controllers that this machine has not bound to version 1.</summary>
    Unified,
}
