using System.Security.Cryptography;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Upgrading;

/// <summary>An upgrade as it was ordered, checked.</summary>
/// <param name="Version">What the artifact has to say about itself.</param>
/// <param name="Sha256">Of the artifact.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="HealthTimeout">From the new version's start to its link.</param>
/// <param name="DrainLimit">How long other tasks are waited for.</param>
internal sealed record UpgradeOrder(string Version, byte[] Sha256, long Bytes, TimeSpan HealthTimeout, TimeSpan DrainLimit)
{
    /// <summary>Reads an order; null with a sentence that names the field where it is out of bounds.</summary>
    /// <param name="upgrade">The order.</param>
    /// <param name="architecture">This host's. The controller leaves the one artifact for it, or all where none is; one for it counts in any case.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static UpgradeOrder? Read(UpgradeAgent upgrade, string architecture, out string fault)
    {
        // What is really in it is looked at before it is run.
        var fitting = upgrade.Artifacts.Count == 0
            ? new UpgradeArtifact { Architecture = architecture, Sha256 = upgrade.Sha256, SizeBytes = upgrade.SizeBytes }
            : upgrade.Artifacts.FirstOrDefault(artifact => artifact.Architecture == architecture);
        fault = fitting is null
            ? $"artifacts: this host is {architecture}, and version {upgrade.Version} was ordered for {string.Join(" and ", upgrade.Artifacts.Select(artifact => artifact.Architecture))} alone"
            : Fault(upgrade, fitting);
        return fault.Length > 0 ? null : new UpgradeOrder(
            upgrade.Version,
            fitting!.Sha256.ToByteArray(),
            (long)fitting.SizeBytes,
            TimeSpan.FromMilliseconds(upgrade.HealthTimeoutMs),
            TimeSpan.FromMilliseconds(upgrade.DrainLimitMs));
    }

    private static string Fault(UpgradeAgent upgrade, UpgradeArtifact artifact) =>
        !ArtifactNames.IsVersion(upgrade.Version) ? "version: 1 to 64 letters, digits and . + ~ - _ expected, a digit first"
        : artifact.Sha256.Length != SHA256.HashSizeInBytes ? "sha256: 32 bytes expected"
        : artifact.SizeBytes is 0 or > Limits.ArtifactBytes ? $"size_bytes: {artifact.SizeBytes} given, 1 to {Limits.ArtifactBytes} allowed"
        : !IsWithin(upgrade.HealthTimeoutMs, Limits.LeastHealthTimeout, Limits.MostHealthTimeout) ? "health_timeout_ms: 1 s to 10 min allowed"
        : !IsWithin(upgrade.DrainLimitMs, TimeSpan.Zero, Limits.MostDrain) ? "drain_limit_ms: 0 to 1 h allowed"
        : "";

    private static bool IsWithin(long milliseconds, TimeSpan least, TimeSpan most) =>
        milliseconds >= (long)least.TotalMilliseconds && milliseconds <= (long)most.TotalMilliseconds;
}
