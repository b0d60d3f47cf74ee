using System.Security.Cryptography;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Upgrading;

/// <summary>An upgrade as it was ordered, checked.</summary>
/// <param name="Version">What the artefact has to say about itself.</param>
/// <param name="Sha256">Of the artefact.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="HealthTimeout">From the new version's start to its link.</param>
/// <param name="DrainLimit">How long other tasks are waited for.</param>
internal sealed record UpgradeOrder(string Version, byte[] Sha256, long Bytes, TimeSpan HealthTimeout, TimeSpan DrainLimit)
{
    /// <summary>Reads an order; null with a sentence that names the field where it is out of bounds.</summary>
    public static UpgradeOrder? Read(UpgradeAgent upgrade, out string fault)
    {
        fault = Fault(upgrade);
        return fault.Length > 0 ? null : new UpgradeOrder(
            upgrade.Version,
            upgrade.Sha256.ToByteArray(),
            (long)upgrade.SizeBytes,
            TimeSpan.FromMilliseconds(upgrade.HealthTimeoutMs),
            TimeSpan.FromMilliseconds(upgrade.DrainLimitMs));
    }

    private static string Fault(UpgradeAgent upgrade) =>
        !ArtefactNames.IsVersion(upgrade.Version) ? "version: 1 to 64 letters, digits and . + ~ - _ expected, a digit first"
        : upgrade.Sha256.Length != SHA256.HashSizeInBytes ? "sha256: 32 bytes expected"
        : upgrade.SizeBytes is 0 or > Limits.ArtefactBytes ? $"size_bytes: {upgrade.SizeBytes} given, 1 to {Limits.ArtefactBytes} allowed"
        : !IsWithin(upgrade.HealthTimeoutMs, Limits.LeastHealthTimeout, Limits.MostHealthTimeout) ? "health_timeout_ms: 1 s to 10 min allowed"
        : !IsWithin(upgrade.DrainLimitMs, TimeSpan.Zero, Limits.MostDrain) ? "drain_limit_ms: 0 to 1 h allowed"
        : "";

    private static bool IsWithin(long milliseconds, TimeSpan least, TimeSpan most) =>
        milliseconds >= (long)least.TotalMilliseconds && milliseconds <= (long)most.TotalMilliseconds;
}
