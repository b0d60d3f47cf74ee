namespace Fleet.Agent.Upgrading;

/// <summary>Why an upgrade does not happen; nothing was changed.</summary>
internal sealed class UpgradeException(string reason, bool isRefusal = false) : Exception(reason)
{
    /// <summary>Whether this host does not take upgrades at all, as opposed to one that went wrong.</summary>
    public bool IsRefusal { get; } = isRefusal;
}
