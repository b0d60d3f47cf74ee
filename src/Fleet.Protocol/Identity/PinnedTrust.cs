using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Protocol.Identity;

/// <summary>
/// Decides whether a server is a controller of the fleet: its certificate leads to the one pinned root, may serve, and
/// names a controller. The host name does not count, because the fleet root signs nobody else as a server; so a
/// controller may be reached by any address.
/// </summary>
public sealed class PinnedTrust
{
    private const string ServerAuthenticationOid = "1.3.6.1.5.5.7.3.1";

    /// <param name="root">The fleet root certificate.</param>
    public PinnedTrust(X509Certificate2 root) => Root = root;

    /// <summary>Why the last server was refused, for the message that an operator reads; null where none was.</summary>
    public string? LastRefusal { get; private set; }

    /// <summary>Accepts certificates at any time: for asking a server what time it is, and nothing else.</summary>
    public bool IgnoresTime { get; init; }

    /// <summary>From when until when the last server's certificate and those above it are valid; null where none was accepted.</summary>
    public (DateTimeOffset From, DateTimeOffset Until)? Validity { get; private set; }

    /// <summary>SHA-256 of the root (DER).</summary>
    public byte[] Fingerprint => SHA256.HashData(Root.RawData);

    internal X509Certificate2 Root { get; }

    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        LastRefusal = certificate is null ? "the server showed no certificate" : Refusal(new X509Certificate2(certificate));
        return LastRefusal is null;
    }

    /// <summary>
    /// How the framework builds the chain that it hands to the callback. By default it goes to the system's trust store, which
    /// costs every process of ours hundreds of files read and a megabyte, for an answer that nobody asks for.
    /// </summary>
    /// <param name="root">The one root to go to; null for none.</param>
    internal static X509ChainPolicy ChainPolicy(X509Certificate2? root)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            ApplicationPolicy = { new Oid(ServerAuthenticationOid) },
        };
        if (root is not null)
            policy.CustomTrustStore.Add(root);
        return policy;
    }

    private string? Refusal(X509Certificate2 server)
    {
        using (server)
        {
            using var chain = new X509Chain { ChainPolicy = ChainPolicy(Root) };
            if (IgnoresTime)
                chain.ChainPolicy.VerificationFlags |= X509VerificationFlags.IgnoreNotTimeValid;
            if (!chain.Build(server))
                return Describe(chain.ChainStatus);
            Validity = (chain.ChainElements.Max(element => (DateTimeOffset)element.Certificate.NotBefore), chain.ChainElements.Min(element => (DateTimeOffset)element.Certificate.NotAfter));
            // A chain is built for a certificate that names no use as well: any use is allowed to that one.
            if (!AllowsServers(server))
                return "its certificate is not meant for servers";
            return CertificateName.Read(server)?.Role == CertificateRole.Controller
                ? null
                : "its certificate does not name a Fleet controller";
        }
    }

    private static bool AllowsServers(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension is not X509EnhancedKeyUsageExtension usages)
                continue;
            foreach (var usage in usages.EnhancedKeyUsages)
            {
                if (usage.Value == ServerAuthenticationOid)
                    return true;
            }
        }

        return false;
    }

    private static string Describe(X509ChainStatus[] status)
    {
        var flags = status.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return "its certificate is not valid at this time: compare the clocks of both machines";
        return (flags & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0
            ? "its certificate was not issued by the pinned fleet root: another controller, or somebody in between"
            : $"its certificate was refused ({flags})";
    }
}
