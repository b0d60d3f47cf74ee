using System.Formats.Asn1;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Tests.Link;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using CertificateRequest = System.Security.Cryptography.X509Certificates.CertificateRequest;

namespace Fleet.Agent.Tests.Identity;

/// <summary>A fleet of its own: a root, a controller's certificate, agents' certificates for whoever asks.</summary>
internal sealed class TestFleet : IDisposable
{
    public const string AgentId = "a-0123456789abcdef";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private byte _serial;

    public TestFleet()
    {
        var request = new CertificateRequest("CN=test root", _rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Root = request.CreateSelfSigned(DateTimeOffset.Parse("2020-01-01T00:00:00Z"), DateTimeOffset.Parse("2099-01-01T00:00:00Z"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Sign(new CertificateRequest("CN=controller", key, HashAlgorithmName.SHA256), "fleet://controller", ServerAuthentication, TimeSpan.FromDays(1));
        using var withKey = certificate.CopyWithPrivateKey(key);
        Controller = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Controller { get; }

    /// <summary>Requests that came, in order.</summary>
    public List<EnrollAgentRequest> Requests { get; } = [];

    /// <summary>Life of the certificates that are issued.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromDays(90);

    public string Token => new JoinToken(JoinTokenKind.Agent, "abc", new byte[32], SHA256.HashData(Root.RawData)).ToText();

    public Task<ScriptedController> StartAsync() => ScriptedController.StartAsync(Listen, Enroll, () => new Trust { FleetRoot = ByteString.CopyFrom(Root.RawData) });

    public byte[] Issue(ReadOnlySpan<byte> csr, string agentId = AgentId)
    {
        var asked = CertificateRequest.LoadSigningRequest(csr.ToArray(), HashAlgorithmName.SHA256);
        using var certificate = Sign(new CertificateRequest(asked.SubjectName, asked.PublicKey, HashAlgorithmName.SHA256), $"fleet://agent/{agentId}", ClientAuthentication, Life);
        return certificate.RawData;
    }

    public void Dispose()
    {
        _rootKey.Dispose();
        Root.Dispose();
        Controller.Dispose();
    }

    private void Listen(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.UseHttps(https =>
        {
            https.ServerCertificate = Controller;
            https.SslProtocols = SslProtocols.Tls13;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (_, _, _) => true;
        });
    }

    private EnrollAgentReply Enroll(EnrollAgentRequest request)
    {
        Requests.Add(request);
        return new EnrollAgentReply { AgentId = AgentId, Name = request.Name, Chain = { ByteString.CopyFrom(Issue(request.Csr.Span)) } };
    }

    // By hand: System.Uri would add a slash.
    private static byte[] AlternativeName(string uri)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        return writer.Encode();
    }

    private X509Certificate2 Sign(CertificateRequest request, string uri, string usage, TimeSpan life)
    {
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", AlternativeName(uri), critical: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var now = TimeProvider.System.GetUtcNow();
        return request.Create(Root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), now - TimeSpan.FromMinutes(5), now + life, [++_serial]);
    }
}
