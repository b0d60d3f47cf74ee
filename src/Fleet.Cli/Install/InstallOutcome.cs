namespace Fleet.Cli.Install;

/// <summary>How the installation on one host ended.</summary>
/// <param name="Kind">How.</param>
/// <param name="Reason">Why, without what differs from host to host; empty where the kind says it all.</param>
/// <param name="Details">What the host said, where that helps.</param>
/// <param name="Agent">The agent that it is now; null where that is not known.</param>
/// <param name="LabelsSet">Labels that an agent which was there before has got now; null where there were none to set.</param>
internal sealed record InstallOutcome(
    InstallKind Kind, string Reason = "", string Details = "", InstalledAgent? Agent = null, IReadOnlyDictionary<string, string>? LabelsSet = null)
{
    /// <summary>Whether the host is an agent with a link.</summary>
    public bool IsGood => Kind is InstallKind.Installed or InstallKind.AlreadyEnrolled;

    /// <summary>Whether the host never answered.</summary>
    public bool IsSilent => Kind is InstallKind.CannotConnect or InstallKind.NotAttempted;
}

/// <summary>An agent as its host named it.</summary>
/// <param name="Name">Its name in the fleet.</param>
/// <param name="Id">Its id.</param>
internal sealed record InstalledAgent(string Name, string Id);
