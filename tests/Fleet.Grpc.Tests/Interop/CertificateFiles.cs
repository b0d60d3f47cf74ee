using Fleet.Grpc.Tests.Hosting;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>The test certificate as files, for the foreign end, for as long as a test needs them.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-grpc-");

    public CertificateFiles()
    {
        File.WriteAllText(Certificate, TestCertificate.Pem);
        File.WriteAllText(Key, TestCertificate.KeyPem);
    }

    public string Certificate => Path.Combine(_folder.FullName, "certificate.pem");

    public string Key => Path.Combine(_folder.FullName, "key.pem");

    public void Dispose() => _folder.Delete(recursive: true);
}
