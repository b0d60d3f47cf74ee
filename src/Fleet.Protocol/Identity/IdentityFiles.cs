using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Fleet.Protocol.Identity;

/// <summary>
/// The identity of an agent or operator on disk: <c>identity.pem</c> (private key and certificate in one file, so that
/// renewing swaps both at once) and <c>root.pem</c> (the pinned fleet root). The directory is 0700, the files are 0600.
/// </summary>
public sealed class IdentityFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _directory;

    /// <param name="directory">Where the files are or will be.</param>
    public IdentityFiles(string directory) => _directory = directory;

    /// <summary>Private key and certificate.</summary>
    public string IdentityPath => Path.Combine(_directory, "identity.pem");

    /// <summary>The pinned fleet root.</summary>
    public string RootPath => Path.Combine(_directory, "root.pem");

    /// <summary>Whether an identity is there.</summary>
    public bool Exists => File.Exists(IdentityPath) && File.Exists(RootPath);

    /// <summary>Reads certificate and key.</summary>
    /// <exception cref="CryptographicException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public X509Certificate2 LoadIdentity() => X509Certificate2.CreateFromPemFile(IdentityPath);

    /// <summary>Reads the pinned root.</summary>
    /// <exception cref="CryptographicException">The file is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public X509Certificate2 LoadRoot() => X509Certificate2.CreateFromPem(File.ReadAllText(RootPath));

    /// <summary>Stores a root that has been checked against its fingerprint.</summary>
    public void SaveRoot(ReadOnlySpan<byte> rootDer) => WriteAtomically(RootPath, PemEncoding.WriteString("CERTIFICATE", rootDer));

    /// <summary>Stores key and certificates; whoever reads meanwhile sees the old pair or the new one.</summary>
    /// <param name="key">The private key.</param>
    /// <param name="chain">Certificates as received (DER), the identity's own first.</param>
    public void SaveIdentity(ECDsa key, IReadOnlyList<byte[]> chain)
    {
        var pem = new StringBuilder().AppendLine(key.ExportPkcs8PrivateKeyPem());
        foreach (var certificate in chain)
            pem.AppendLine(PemEncoding.WriteString("CERTIFICATE", certificate));
        WriteAtomically(IdentityPath, pem.ToString());
    }

    /// <summary>Writes a file that only its owner can read: beside the old one first, then renamed over it.</summary>
    public void WriteAtomically(string path, string text)
    {
        CreateDirectory();
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private void CreateDirectory()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_directory);
        else
            Directory.CreateDirectory(_directory, OwnerOnly | UnixFileMode.UserExecute);
    }
}
