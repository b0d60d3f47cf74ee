namespace Fleet.Storage;

/// <summary>Which fleet a store belongs to, and how far it has come.</summary>
/// <param name="FleetId">The fleet: the SHA-256 of its root certificate, in lower-case hexadecimal.</param>
/// <param name="Revision">
/// Grows with each change of who belongs to the fleet, in the same transaction, and now and then while anything else is written. A copy of it
/// kept elsewhere tells whether a store has lost what was in it.
/// </param>
public sealed record StoreIdentity(string FleetId, long Revision);
