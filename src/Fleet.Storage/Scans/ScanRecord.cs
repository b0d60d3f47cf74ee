namespace Fleet.Storage;

/// <summary>A standing scan.</summary>
public sealed record ScanRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Grows with every change.</summary>
    public required long Revision { get; init; }

    /// <summary>What it is, as the controller wrote it.</summary>
    public required byte[] Definition { get; init; }

    /// <summary>Whether agents leave it alone for now.</summary>
    public bool Paused { get; init; }

    /// <summary>When it was changed last.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Who changed it last.</summary>
    public required string ChangedBy { get; init; }
}
