using System.Globalization;
using Fleet.Cli.Connection;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Install;

/// <summary>The join token of one bootstrap: made once, with a use for each host, good as long as the bootstrap may take, and revoked at its end.</summary>
internal sealed class InstallToken
{
    private static readonly TimeSpan s_margin = TimeSpan.FromMinutes(5);
    private readonly FleetClient _client;
    private readonly TimeProvider _time;
    private readonly string _id;

    private InstallToken(FleetClient client, TimeProvider time, CreateTokenReply reply, ControllerAddress address)
    {
        (_client, _time, _id) = (client, time, reply.Token.Id);
        (Secret, Address, KeyHash, AgentVersion) = (reply.Secret, address, reply.Installation.KeySha256.ToByteArray(), reply.Installation.AgentVersion);
    }

    /// <summary>The token itself.</summary>
    public string Secret { get; }

    /// <summary>Where hosts reach the controller.</summary>
    public ControllerAddress Address { get; }

    /// <summary>SHA-256 of the controller's SubjectPublicKeyInfo.</summary>
    public byte[] KeyHash { get; }

    /// <summary>Which agent hosts get.</summary>
    public string AgentVersion { get; }

    /// <summary>Makes it.</summary>
    /// <exception cref="CommandFailure">The controller cannot install agents.</exception>
    public static async Task<InstallToken> CreateAsync(FleetClient client, TimeProvider time, InstallOptions options, int hosts, CancellationToken cancellationToken)
    {
        var request = new CreateTokenRequest
        {
            Kind = TokenKind.Agent,
            LifetimeMs = (long)(options.Deadline + s_margin).TotalMilliseconds,
            MaxUses = (uint)hosts,
            Note = string.Create(CultureInfo.InvariantCulture, $"fleet agents install: {hosts} host(s) over ssh"),
            AllowReplace = options.Replace,
            Install = true,
        };
        var reply = await client.Tokens.CreateTokenAsync(request, deadline: CallFailures.Soon(time), cancellationToken: cancellationToken);
        if (reply.Installation is not { } place)
            throw CommandFailure.Controller("the controller is too old to install agents", "upgrade it");
        if (!ControllerAddress.TryParse(place.Address.Length > 0 ? place.Address : client.Context.Controller, out var address, out var error))
            throw CommandFailure.Controller(error, "set advertise on the controller");
        return new InstallToken(client, time, reply, address);
    }

    /// <summary>Makes it useless; what is wrong where that cannot be done.</summary>
    public async Task<string?> RevokeAsync()
    {
        try
        {
            await _client.Tokens.RevokeTokenAsync(new RevokeTokenRequest { Id = _id }, deadline: CallFailures.Soon(_time));
            return null;
        }
        catch (RpcException e)
        {
            return $"the token {_id} could not be revoked ({e.Reason()}): fleet token revoke {_id}";
        }
    }
}
