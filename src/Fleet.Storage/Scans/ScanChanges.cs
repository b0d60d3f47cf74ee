namespace Fleet.Storage;

/// <summary>Changes that are made together or not at all.</summary>
public sealed record ScanChanges
{
    /// <summary>Definitions of new and changed scans, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Scans { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Definitions of new and changed channels, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Channels { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Scans to delete.</summary>
    public IReadOnlyCollection<string> DeletedScans { get; init; } = [];

    /// <summary>Channels to delete.</summary>
    public IReadOnlyCollection<string> DeletedChannels { get; init; } = [];

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who.</summary>
    public required string By { get; init; }
}
