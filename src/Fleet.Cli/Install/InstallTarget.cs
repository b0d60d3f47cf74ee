namespace Fleet.Cli.Install;

/// <summary>A host that is to get an agent, and how ssh reaches it. All of it was checked: nothing in it means something to a shell.</summary>
/// <param name="Name">What the operator calls it; the name in the report.</param>
/// <param name="Address">What ssh is given: a host name, an address, or an alias of the operator's ssh configuration.</param>
/// <param name="User">null leaves it to the ssh configuration.</param>
/// <param name="Port">null leaves it to the ssh configuration.</param>
/// <param name="Labels">Labels that the agent joins with, KEY=VALUE.</param>
internal sealed record InstallTarget(string Name, string Address, string? User, int? Port, IReadOnlyList<string> Labels)
{
    /// <summary>A private key's file; null leaves it to the ssh configuration.</summary>
    public string? IdentityFile { get; init; }
}
