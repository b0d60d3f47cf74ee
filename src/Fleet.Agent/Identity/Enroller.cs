using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using EnrollmentApi = Fleet.Protocol.V1.Enrollment;

namespace Fleet.Agent.Identity;

/// <summary>What an agent asks for when it joins.</summary>
internal sealed record EnrollmentWish(
    ControllerAddress Controller,
    string TokenText,
    JoinToken Token,
    string Name,
    IDictionary<string, string> Labels,
    IDictionary<string, string> Facts,
    bool Replace,
    string Machine = "",
    ProxyAddress? Proxy = null);

/// <summary>
/// Gets this host its identity:
/// 1. keep the enrollment id, so that a repeated try is the same agent;
/// 2. ask for the fleet root without trusting the server, and check it against the token's fingerprint;
/// 3. connect again, pinned to that root, and send token and signing request;
/// 4. check and store what comes back.
/// </summary>
internal sealed class Enroller(string stateDirectory)
{
    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(30);
    private readonly IdentityFiles _files = new(stateDirectory);
    private readonly EnrollmentFile _file = new(stateDirectory);

    /// <summary>Enrolls; returns what the controller made of it.</summary>
    /// <exception cref="EnrollmentException">It could not be done; the message says why and how to fix it.</exception>
    public async Task<Enrollment> EnrollAsync(EnrollmentWish wish, string enrollmentId, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = new Enrollment(enrollmentId, wish.Controller, null, wish.Name, wish.Machine, wish.Proxy);
        _file.Write(begun);
        var deadline = time.GetUtcNow().UtcDateTime + s_callLimit;
        using var root = await FetchRootAsync(wish, deadline, cancellationToken);
        using var key = SigningRequest.NewKey();
        var reply = await AskAsync(wish, enrollmentId, key, root, deadline, cancellationToken);
        return Store(begun, reply, root, key);
    }

    private static async Task<X509Certificate2> FetchRootAsync(EnrollmentWish wish, DateTime deadline, CancellationToken cancellationToken)
    {
        using var channel = Channel(wish.Controller, LinkHandler.Unverified(wish.Proxy));
        Trust trust;
        try
        {
            trust = await new EnrollmentApi.EnrollmentClient(channel).GetTrustAsync(new GetTrustRequest(), deadline: deadline, cancellationToken: cancellationToken);
        }
        catch (RpcException e)
        {
            throw new EnrollmentException(e.ProxyFailure() is null
                ? $"the controller at {wish.Controller} does not answer: {e.Reason()}; check address, port and firewall"
                : e.Reason());
        }

        if (!SHA256.HashData(trust.FleetRoot.Span).AsSpan().SequenceEqual(wish.Token.RootFingerprint))
        {
            throw new EnrollmentException(
                $"the controller at {wish.Controller} is not the one that made the token (its root certificate is another): "
                + "check the address, or create a token there; nothing secret was sent");
        }

        try
        {
            return X509CertificateLoader.LoadCertificate(trust.FleetRoot.Span);
        }
        catch (CryptographicException)
        {
            throw new EnrollmentException($"the controller at {wish.Controller} sent a root certificate that cannot be read");
        }
    }

    private static async Task<EnrollAgentReply> AskAsync(
        EnrollmentWish wish, string enrollmentId, ECDsa key, X509Certificate2 root, DateTime deadline, CancellationToken cancellationToken)
    {
        var trust = new PinnedTrust(root);
        using var channel = Channel(wish.Controller, LinkHandler.Pinned(trust, null, wish.Proxy));
        var request = new EnrollAgentRequest
        {
            Token = wish.TokenText.Trim(),
            EnrollmentId = enrollmentId,
            Name = wish.Name,
            Csr = ByteString.CopyFrom(SigningRequest.Create(key, wish.Name)),
            Replace = wish.Replace,
            Machine = wish.Machine,
        };
        request.Labels.Add(wish.Labels);
        request.Facts.Add(wish.Facts);
        try
        {
            return await new EnrollmentApi.EnrollmentClient(channel).EnrollAgentAsync(request, deadline: deadline, cancellationToken: cancellationToken);
        }
        catch (RpcException e)
        {
            throw new EnrollmentException(trust.LastRefusal is { } refusal
                ? $"the server at {wish.Controller} is not trusted: {refusal}"
                : $"the controller did not enroll this agent: {e.Reason()}");
        }
    }

    private Enrollment Store(Enrollment begun, EnrollAgentReply reply, X509Certificate2 root, ECDsa key)
    {
        if (!AgentId.TryParse(reply.AgentId, out var id) || !AgentName.TryParse(reply.Name, out var name))
            throw new EnrollmentException("the controller's answer names no agent; is it of another version?");
        var chain = reply.Chain.Select(c => c.ToByteArray()).ToList();
        try
        {
            IdentityStore.Check(key, chain, id);
        }
        catch (InvalidDataException e)
        {
            throw new EnrollmentException(e.Message);
        }

        _files.SaveRoot(root.RawData);
        _files.SaveIdentity(key, chain);
        var done = begun with { AgentId = id, Name = name.ToString() };
        _file.Write(done);
        return done;
    }

    private static GrpcChannel Channel(ControllerAddress controller, SocketsHttpHandler handler) =>
        LinkChannel.Open(controller.ToUri(), handler);
}
