using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Net.Client;

namespace Fleet.EndToEnd.Scans;

/// <summary>An identity that a test has by itself, to say to a real controller what no real agent or CLI would.</summary>
internal sealed class HandmadeIdentity(Uri address, PinnedTrust trust, X509Certificate2 certificate) : IDisposable
{
    /// <summary>Joins with a token, as an agent or as an operator.</summary>
    public static async Task<HandmadeIdentity> JoinAsync(string address, string tokenText, string name)
    {
        JoinToken.TryParse(tokenText, out var token, out var fault).ShouldBeTrue(fault);
        var uri = new Uri($"https://{address}");
        PinnedTrust trust;
        using (var unverified = LinkHandler.Unverified())
        using (var first = GrpcChannel.ForAddress(uri, new GrpcChannelOptions { HttpHandler = unverified }))
            trust = new PinnedTrust(X509CertificateLoader.LoadCertificate((await new Enrollment.EnrollmentClient(first).GetTrustAsync(new GetTrustRequest())).FleetRoot.Span));

        using var key = SigningRequest.NewKey();
        using var pinned = LinkHandler.Pinned(trust, null);
        using var channel = GrpcChannel.ForAddress(uri, new GrpcChannelOptions { HttpHandler = pinned });
        var (client, csr) = (new Enrollment.EnrollmentClient(channel), ByteString.CopyFrom(SigningRequest.Create(key, name)));
        var chain = token!.ToText().StartsWith("fleet1.a.", StringComparison.Ordinal)
            ? (await client.EnrollAgentAsync(new EnrollAgentRequest { Token = tokenText, EnrollmentId = Guid.NewGuid().ToString("N"), Name = name, Csr = csr })).Chain
            : (await client.EnrollOperatorAsync(new EnrollOperatorRequest { Token = tokenText, EnrollmentId = Guid.NewGuid().ToString("N"), Name = name, Csr = csr })).Chain;
        using var certificate = X509CertificateLoader.LoadCertificate(chain[0].Span);
        return new HandmadeIdentity(uri, trust, certificate.CopyWithPrivateKey(key));
    }

    /// <summary>A connection of its own.</summary>
    public GrpcChannel Connect() =>
        GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = LinkHandler.Pinned(trust, certificate), DisposeHttpClient = true });

    /// <inheritdoc/>
    public void Dispose() => certificate.Dispose();
}
