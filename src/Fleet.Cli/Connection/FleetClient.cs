using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Cli.Contexts;
using Fleet.Cli.Login;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;
using AgentsApi = Fleet.Protocol.V1.Agents;
using AlertsApi = Fleet.Protocol.V1.Alerts;
using ArtifactsApi = Fleet.Protocol.V1.Artifacts;
using HitsApi = Fleet.Protocol.V1.Hits;
using JobsApi = Fleet.Protocol.V1.Jobs;
using LogsApi = Fleet.Protocol.V1.Logs;
using ScansApi = Fleet.Protocol.V1.Scans;

namespace Fleet.Cli.Connection;

/// <summary>A link to the context's controller: the operator API over the operator's own certificate.</summary>
internal sealed class FleetClient : IDisposable
{
    private readonly GrpcChannel? _channel;

    private FleetClient(GrpcChannel channel, PinnedTrust trust, FleetContext context, IdentityFiles files, X509Certificate2 identity, bool isRenewalDue)
        : this(channel.CreateCallInvoker(), trust, context, files, identity)
    {
        _channel = channel;
        IsRenewalDue = isRenewalDue;
    }

    /// <summary>Over calls that somebody else makes.</summary>
    internal FleetClient(CallInvoker channel, PinnedTrust trust, FleetContext context, IdentityFiles files, X509Certificate2 identity)
    {
        IdentityFiles = files;
        Identity = identity;
        Trust = trust;
        Context = context;
        Jobs = new JobsApi.JobsClient(channel);
        Agents = new AgentsApi.AgentsClient(channel);
        Artifacts = new ArtifactsApi.ArtifactsClient(channel);
        Tokens = new Tokens.TokensClient(channel);
        Operators = new Operators.OperatorsClient(channel);
        Control = new Control.ControlClient(channel);
        Logs = new LogsApi.LogsClient(channel);
        Scans = new ScansApi.ScansClient(channel);
        Hits = new HitsApi.HitsClient(channel);
        Alerts = new AlertsApi.AlertsClient(channel);
    }

    public JobsApi.JobsClient Jobs { get; }

    public AgentsApi.AgentsClient Agents { get; }

    public ArtifactsApi.ArtifactsClient Artifacts { get; }

    public Tokens.TokensClient Tokens { get; }

    public Operators.OperatorsClient Operators { get; }

    public Control.ControlClient Control { get; }

    public LogsApi.LogsClient Logs { get; }

    public ScansApi.ScansClient Scans { get; }

    public HitsApi.HitsClient Hits { get; }

    public AlertsApi.AlertsClient Alerts { get; }

    /// <summary>What was asked of the server's certificate.</summary>
    public PinnedTrust Trust { get; }

    /// <summary>Whom this talks to, and as whom.</summary>
    public FleetContext Context { get; }

    /// <summary>The operator's certificate with its key.</summary>
    public X509Certificate2 Identity { get; }

    /// <summary>Whether it is time to renew it.</summary>
    public bool IsRenewalDue { get; }

    /// <summary>Where that is kept.</summary>
    public IdentityFiles IdentityFiles { get; }

    /// <summary>Opens the link of a context; nothing is sent yet.</summary>
    /// <exception cref="CommandFailure">The context's files are missing or damaged, its address is, or its certificate has expired.</exception>
    public static FleetClient Open(ContextStore contexts, string? contextName, DateTimeOffset now)
    {
        var context = contexts.Select(contextName);
        if (!ControllerAddress.TryParse(context.Controller, out var address, out var error))
            throw CommandFailure.Controller(error, "log in again");
        var proxy = context.ReadProxy();
        var files = contexts.Identity(context.Name);
        try
        {
            var trust = new PinnedTrust(files.LoadRoot());
            var identity = files.LoadIdentity();
            if (identity.NotAfter <= now)
            {
                throw CommandFailure.Controller(
                    $"your certificate for {context.Controller} expired on {identity.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC",
                    "log in again: an admin makes a token with `fleet token create --operator ROLE`");
            }

            return new FleetClient(OpenChannel(address, LinkHandler.Pinned(trust, identity, proxy)), trust, context, files, identity, IdentityUpkeep.IsDue(identity, now));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw CommandFailure.Controller($"the identity of context \"{context.Name}\" cannot be read: {e.Message}", "log in again");
        }
    }

    /// <summary>A channel with Fleet's limits.</summary>
    public static GrpcChannel OpenChannel(ControllerAddress address, SocketsHttpHandler handler) => LinkChannel.Open(address.ToUri(), handler);

    public void Dispose()
    {
        _channel?.Dispose();
        Identity.Dispose();
    }
}
