namespace Fleet.Agent.Upgrading;

/// <summary>Why an upgrade does not happen; nothing was changed.</summary>
internal sealed class UpgradeException(string reason) : Exception(reason);
