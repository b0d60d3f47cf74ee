using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>
/// The two trust roots on disk: <c>fleet-root.pem</c>, <c>fleet-root.key</c>, <c>operator-root.pem</c>, <c>operator-root.key</c>
/// in a directory of their own, the controller's own key <c>controller.key</c>, and <c>store.json</c> (<see cref="StoreRecordFile"/>). They
/// appear all at once, by a rename of the directory.
/// </summary>
/// <param name="directory">The directory; it exists exactly if the roots do.</param>
internal sealed class TrustFiles(string directory)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Whether the roots are there.</summary>
    public bool Exist => Directory.Exists(directory);

    private string ControllerKeyPath => Path.Combine(directory, "controller.key");

    /// <summary>Writes new roots.</summary>
    /// <exception cref="IOException">There are roots already, or the disk refuses.</exception>
    public void Save(TrustRoot fleet, TrustRoot operators)
    {
        var temporary = directory + ".new";
        if (Directory.Exists(temporary))
            Directory.Delete(temporary, recursive: true);
        CreatePrivateDirectory(temporary);
        Write(Path.Combine(temporary, "fleet-root.pem"), fleet.Certificate.ExportCertificatePem());
        Write(Path.Combine(temporary, "fleet-root.key"), fleet.KeyPem);
        Write(Path.Combine(temporary, "operator-root.pem"), operators.Certificate.ExportCertificatePem());
        Write(Path.Combine(temporary, "operator-root.key"), operators.KeyPem);
        Write(Path.Combine(temporary, "controller.key"), NewKeyPem());
        // Revision 0: there is no store yet, and one may be made.
        new StoreRecordFile(temporary).Save(new StoreIdentity(fleet.FleetId, 0));
        Directory.Move(temporary, directory);
    }

    /// <summary>Reads the roots.</summary>
    /// <exception cref="TrustException">They are missing, damaged, or their keys are open to others.</exception>
    public (TrustRoot Fleet, TrustRoot Operators) Load() => (Load("fleet-root"), Load("operator-root"));

    /// <summary>
    /// Reads the key of the controller's certificate, and makes it where an earlier version has not. It outlives certificates,
    /// because the lines that hosts are installed with pin it.
    /// </summary>
    /// <exception cref="TrustException">It is damaged, or open to others.</exception>
    public ECDsa LoadControllerKey()
    {
        try
        {
            if (!File.Exists(ControllerKeyPath))
            {
                File.Delete(ControllerKeyPath + ".new");
                Write(ControllerKeyPath + ".new", NewKeyPem());
                File.Move(ControllerKeyPath + ".new", ControllerKeyPath);
            }

            RefuseOpenKey(ControllerKeyPath);
            var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(ControllerKeyPath));
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException($"the controller's key cannot be used: {e.Message}", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TrustException($"{ControllerKeyPath} is damaged: restore it from a backup, or remove it; install lines made before then end", e);
        }
    }

    /// <summary>A directory that only its owner enters.</summary>
    public static void CreatePrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    private TrustRoot Load(string name)
    {
        var keyPath = Path.Combine(directory, name + ".key");
        var certificatePath = Path.Combine(directory, name + ".pem");
        RefuseOpenKey(keyPath);
        try
        {
            var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(keyPath));
            var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(certificatePath));
            using var certified = certificate.GetECDsaPublicKey();
            if (certified is null || !certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
                throw new TrustException($"{keyPath} does not belong to {certificatePath}: restore both from the same backup");
            return new TrustRoot(certificate, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException($"the trust root cannot be read: {e.Message} Restore {directory} from a backup", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TrustException($"{keyPath} or {certificatePath} is damaged: restore {directory} from a backup", e);
        }
    }

    private static string NewKeyPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static void RefuseOpenKey(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) != 0)
            throw new TrustException($"{path} is open to others (mode {Convert.ToString((int)mode, 8)}): run `chmod 600 {path}`");
    }

    private static void Write(string path, string pem)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(path, options);
        stream.Write(Encoding.ASCII.GetBytes(pem + "\n"));
        stream.Flush(flushToDisk: true);
    }
}
