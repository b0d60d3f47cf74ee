namespace Fleet.Storage;

/// <summary>All scans and channels, ordered by name.</summary>
/// <param name="Scans">The scans.</param>
/// <param name="Channels">The channels.</param>
public sealed record ScanCatalog(IReadOnlyList<ScanRecord> Scans, IReadOnlyList<ChannelRecord> Channels);
