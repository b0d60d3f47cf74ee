using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Identity;

/// <summary>
/// The agent's key and certificate on disk. After a renewal the former pair stays beside the new one until a link has been
/// made with the new one: a certificate that no controller accepts must not lock the agent out.
/// </summary>
/// <remarks>Used by the link loop alone.</remarks>
internal sealed class IdentityStore(string stateDirectory)
{
    private readonly IdentityFiles _files = new(stateDirectory);
    private bool _usesFormer;

    /// <summary>Whether this agent is enrolled.</summary>
    public bool Exists => _files.Exists;

    private string FormerPath => Path.Combine(stateDirectory, "identity.former.pem");

    /// <summary>The pinned root.</summary>
    /// <exception cref="CryptographicException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public X509Certificate2 LoadRoot() => _files.LoadRoot();

    /// <summary>The certificate to connect with.</summary>
    /// <exception cref="CryptographicException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public X509Certificate2 Load() =>
        _usesFormer && File.Exists(FormerPath) ? X509Certificate2.CreateFromPemFile(FormerPath) : _files.LoadIdentity();

    /// <summary>Stores what the controller issued for a key of ours, and keeps the former pair.</summary>
    /// <param name="key">The key that was asked for.</param>
    /// <param name="chain">As received: the certificate first.</param>
    /// <param name="id">Whom it must name.</param>
    /// <exception cref="InvalidDataException">The certificate is not what was asked for; nothing was changed.</exception>
    public void Renew(ECDsa key, IReadOnlyList<byte[]> chain, AgentId id)
    {
        Check(key, chain, id);
        File.Copy(_files.IdentityPath, FormerPath, overwrite: true);
        File.SetUnixFileMode(FormerPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _files.SaveIdentity(key, chain);
        _usesFormer = false;
    }

    /// <summary>A link was made: what was used works.</summary>
    public void NoteAccepted()
    {
        if (!_usesFormer)
            File.Delete(FormerPath);
    }

    /// <summary>The certificate was not accepted: the other one is tried next, where there are two.</summary>
    public void NoteRefused() => _usesFormer = !_usesFormer && File.Exists(FormerPath);

    /// <summary>Removes all of it: this host is no agent any more.</summary>
    public void Forget()
    {
        File.Delete(FormerPath);
        File.Delete(_files.IdentityPath);
        File.Delete(_files.RootPath);
    }

    /// <summary>Whether a chain carries a certificate for a key and an agent.</summary>
    /// <exception cref="InvalidDataException">It does not; the message says why.</exception>
    public static void Check(ECDsa key, IReadOnlyList<byte[]> chain, AgentId id)
    {
        if (chain.Count == 0)
            throw new InvalidDataException("the controller sent no certificate");
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(chain[0]);
            using var issuedFor = certificate.GetECDsaPublicKey();
            if (issuedFor is null || !issuedFor.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
                throw new InvalidDataException("the controller's certificate is for another key than ours");
            if (CertificateName.Read(certificate) is not { Role: CertificateRole.Agent } name || name.Id != id.ToString())
                throw new InvalidDataException("the controller's certificate is for somebody else");
        }
        catch (CryptographicException e)
        {
            throw new InvalidDataException($"the controller's certificate cannot be read: {e.Message}", e);
        }
    }
}
