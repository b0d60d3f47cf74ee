namespace Fleet.Storage;

/// <summary>Where alerts go.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">What it is, as the controller wrote it.</param>
public sealed record ChannelRecord(string Name, byte[] Definition);
