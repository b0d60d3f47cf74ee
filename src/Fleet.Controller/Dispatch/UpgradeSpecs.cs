using System.Collections.Frozen;
using System.Security.Cryptography;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Controller.Dispatch;

/// <summary>A spec as it goes to an agent, with its digest.</summary>
internal sealed record SpecBytes(ByteString Spec, ByteString Digest);

/// <summary>
/// Out of an upgrade that was ordered for several architectures, what an agent of each is told: its own artifact alone, in the form that
/// agents have understood since there are upgrades. They refuse a spec with a field that they do not know.
/// </summary>
internal static class UpgradeSpecs
{
    private static readonly FrozenDictionary<string, SpecBytes> s_none = FrozenDictionary<string, SpecBytes>.Empty;

    /// <summary>By architecture; empty for every other spec.</summary>
    public static FrozenDictionary<string, SpecBytes> Of(TaskSpec spec) =>
        spec.Steps is [{ UpgradeAgent: { Artifacts.Count: > 0 } upgrade }]
            ? upgrade.Artifacts.ToFrozenDictionary(artifact => artifact.Architecture, artifact => Of(spec, artifact))
            : s_none;

    private static SpecBytes Of(TaskSpec spec, UpgradeArtifact artifact)
    {
        var told = spec.Clone();
        var upgrade = told.Steps[0].UpgradeAgent;
        upgrade.Artifacts.Clear();
        (upgrade.Sha256, upgrade.SizeBytes) = (artifact.Sha256, artifact.SizeBytes);
        var bytes = told.ToByteString();
        return new SpecBytes(bytes, ByteString.CopyFrom(SHA256.HashData(bytes.Span)));
    }
}
