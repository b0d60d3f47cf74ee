namespace Fleet.Storage;

/// <summary>The opaque parts of a job.</summary>
/// <param name="SpecBytes">The job spec, byte for byte as it came.</param>
/// <param name="OptionsBytes">The controller's own options.</param>
public sealed record JobPayload(byte[] SpecBytes, byte[] OptionsBytes);
