using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Grpc.Net.Client;

namespace Fleet.Simulator;

/// <summary>Gets identities from a controller the way that real agents and operators do.</summary>
internal sealed class Enrolling : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly Enrollment.EnrollmentClient _client;

    private Enrolling(PinnedTrust trust, Uri address)
    {
        Trust = trust;
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = LinkHandler.Pinned(trust, null), DisposeHttpClient = true });
        _client = new Enrollment.EnrollmentClient(_channel);
    }

    /// <summary>The fleet that the token named.</summary>
    public PinnedTrust Trust { get; }

    /// <summary>Asks the controller for its root and holds that against the token.</summary>
    /// <exception cref="CryptographicException">It is another fleet's controller.</exception>
    public static async Task<Enrolling> BeginAsync(SimulatorOptions options, CancellationToken cancellationToken)
    {
        using var handler = LinkHandler.Unverified();
        using var channel = GrpcChannel.ForAddress(options.Controller.ToUri(), new GrpcChannelOptions { HttpHandler = handler });
        var trust = await new Enrollment.EnrollmentClient(channel).GetTrustAsync(new GetTrustRequest(), cancellationToken: cancellationToken);
        if (!SHA256.HashData(trust.FleetRoot.Span).AsSpan().SequenceEqual(options.Token.RootFingerprint))
            throw new CryptographicException("the controller's root is not the one that the token names");
        return new Enrolling(new PinnedTrust(X509CertificateLoader.LoadCertificate(trust.FleetRoot.Span)), options.Controller.ToUri());
    }

    /// <summary>An agent's identity.</summary>
    public async Task<X509Certificate2> AgentAsync(JoinToken token, string name, CancellationToken cancellationToken)
    {
        using var key = SigningRequest.NewKey();
        var request = new EnrollAgentRequest
        {
            Token = token.ToText(),
            EnrollmentId = Guid.NewGuid().ToString("N"),
            Name = name,
            Csr = Google.Protobuf.ByteString.CopyFrom(SigningRequest.Create(key, name)),
            Replace = true,
        };
        var reply = await _client.EnrollAgentAsync(request, cancellationToken: cancellationToken);
        return WithKey(reply.Chain[0].Span, key);
    }

    /// <summary>An operator's identity.</summary>
    public async Task<X509Certificate2> OperatorAsync(JoinToken token, string name, CancellationToken cancellationToken)
    {
        using var key = SigningRequest.NewKey();
        var request = new EnrollOperatorRequest
        {
            Token = token.ToText(),
            EnrollmentId = Guid.NewGuid().ToString("N"),
            Name = name,
            Csr = Google.Protobuf.ByteString.CopyFrom(SigningRequest.Create(key, name)),
        };
        var reply = await _client.EnrollOperatorAsync(request, cancellationToken: cancellationToken);
        return WithKey(reply.Chain[0].Span, key);
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private static X509Certificate2 WithKey(ReadOnlySpan<byte> der, ECDsa key)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return certificate.CopyWithPrivateKey(key);
    }
}
