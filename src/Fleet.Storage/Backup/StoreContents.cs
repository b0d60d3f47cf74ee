namespace Fleet.Storage;

/// <summary>What a store holds, in numbers.</summary>
/// <param name="Identity">Whose it is, and how far it has come.</param>
/// <param name="Agents">Agents that belong to the fleet.</param>
/// <param name="Operators">Operators who may come in.</param>
/// <param name="Tokens">Join tokens, used up ones included.</param>
/// <param name="Jobs">Jobs.</param>
/// <param name="Events">Entries of their logs.</param>
/// <param name="Scans">Standing scans.</param>
/// <param name="Hits">Hits, summaries and gaps.</param>
/// <param name="Alerts">Alerts.</param>
public sealed record StoreContents(
    StoreIdentity Identity, long Agents, long Operators, long Tokens, long Jobs, long Events, long Scans, long Hits, long Alerts);
