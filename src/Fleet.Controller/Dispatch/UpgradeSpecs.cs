using System.Collections.Frozen;
using System.Security.Cryptography;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Controller.Dispatch;

/// <summary>A spec as it goes to an agent, with its digest.</summary>
internal sealed record SpecBytes(ByteString Spec, ByteString Digest);

/// <summary>
/// Out of an upgrade that was ordered for several architectures, what an agent of each is told: its own artefact alone, in the form that
/// agents have understood since there are upgrades. They refuse a spec with a field that they do not know.
/// </summary>
internal static class UpgradeSpecs
{
    private static readonly FrozenDictionary<string, SpecBytes> s_none = FrozenDictionary<string, SpecBytes>.Empty;

    /// <summary>By architecture; empty for every other spec.</summary>
    public static FrozenDictionary<string, SpecBytes> Of(TaskSpec spec) =>
        spec.Steps is [{ UpgradeAgent: { Artefacts.Count: > 0 } upgrade }]
            ? upgrade.Artefacts.ToFrozenDictionary(artefact => artefact.Architecture, artefact => Of(spec, artefact))
            : s_none;

    private static SpecBytes Of(TaskSpec spec, UpgradeArtefact artefact)
    {
        var told = spec.Clone();
        var upgrade = told.Steps[0].UpgradeAgent;
        upgrade.Artefacts.Clear();
        (upgrade.Sha256, upgrade.SizeBytes) = (artefact.Sha256, artefact.SizeBytes);
        var bytes = told.ToByteString();
        return new SpecBytes(bytes, ByteString.CopyFrom(SHA256.HashData(bytes.Span)));
    }
}
