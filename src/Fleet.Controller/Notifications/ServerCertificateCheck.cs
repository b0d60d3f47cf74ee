using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Fleet.Controller.Notifications;

/// <summary>Takes a server's certificate where the platform has nothing against it, and keeps in words what it has against another.</summary>
internal sealed class ServerCertificateCheck
{
    /// <summary>What is wrong with the certificate that was shown; empty where none was, or nothing is.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>For those who ask in the platform's way.</summary>
    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Fault = string.Join("; ", Faults(certificate, chain, errors));
        return errors == SslPolicyErrors.None;
    }

    private static IEnumerable<string> Faults(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is null)
        {
            yield return "it shows none";
            yield break;
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            yield return $"it is for another name ({Names(certificate)})";
        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            yield break;
        foreach (var status in (chain?.ChainStatus ?? []).DistinctBy(status => status.Status))
        {
            yield return status.Status switch
            {
                X509ChainStatusFlags.NotTimeValid => $"it, or one above it, is not valid now (it is from {certificate.GetEffectiveDateString()} to {certificate.GetExpirationDateString()})",
                X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain => $"this host trusts no authority that vouches for it (issued by {certificate.Issuer})",
                _ => status.StatusInformation.Trim() is { Length: > 0 } information ? information : status.Status.ToString(),
            };
        }
    }

    private static string Names(X509Certificate certificate) =>
        certificate is X509Certificate2 parsed
        && parsed.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names
        && names.EnumerateDnsNames().Take(5).ToList() is { Count: > 0 } found
            ? string.Join(", ", found)
            : certificate.Subject;
}
