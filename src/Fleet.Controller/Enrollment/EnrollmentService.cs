using Fleet.Controller.Identity;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Enrollment;

/// <summary>The one service that callers without a certificate reach.</summary>
internal sealed class EnrollmentService(CertificateAuthority authority, AgentEnroller agents, OperatorEnroller operators)
    : V1.Enrollment.EnrollmentBase
{
    /// <inheritdoc/>
    public override Task<V1.Trust> GetTrust(V1.GetTrustRequest request, ServerCallContext context) => Task.FromResult(new V1.Trust
    {
        FleetRoot = ByteString.CopyFrom(authority.Fleet.Certificate.RawData),
        OperatorRoot = ByteString.CopyFrom(authority.Operators.Certificate.RawData),
    });

    /// <inheritdoc/>
    public override async Task<V1.EnrollAgentReply> EnrollAgent(V1.EnrollAgentRequest request, ServerCallContext context)
    {
        var application = new AgentApplication
        {
            Token = request.Token,
            EnrollmentId = request.EnrollmentId,
            Name = request.Name,
            Csr = request.Csr.Memory,
            Facts = new Dictionary<string, string>(request.Facts),
            Labels = new Dictionary<string, string>(request.Labels),
            Replace = request.Replace,
            Machine = request.Machine,
            Address = context.GetHttpContext().Connection.RemoteIpAddress,
        };
        var joined = Demand(await agents.EnrollAsync(application, context.CancellationToken));
        return new V1.EnrollAgentReply
        {
            AgentId = joined.Record.Id,
            Name = joined.Record.Name,
            Labels = { joined.Record.Labels.ToDictionary() },
            Chain = { joined.Chain.Select(ByteString.CopyFrom) },
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.EnrollOperatorReply> EnrollOperator(V1.EnrollOperatorRequest request, ServerCallContext context)
    {
        var application = new OperatorApplication
        {
            Token = request.Token,
            EnrollmentId = request.EnrollmentId,
            Name = request.Name,
            Csr = request.Csr.Memory,
            Address = context.GetHttpContext().Connection.RemoteIpAddress,
        };
        var joined = Demand(await operators.EnrollAsync(application, context.CancellationToken));
        return new V1.EnrollOperatorReply
        {
            OperatorId = joined.Record.Id,
            Name = joined.Record.Name,
            Role = OperatorRoleText.Write(joined.Record.Role),
            Chain = { joined.Chain.Select(ByteString.CopyFrom) },
        };
    }

    private static JoinOutcome<T>.Joined Demand<T>(JoinOutcome<T> outcome) => outcome switch
    {
        JoinOutcome<T>.Joined joined => joined,
        JoinOutcome<T>.Refused refused => throw new RpcException(new Status(CodeOf(refused.Refusal.Kind), refused.Refusal.Message)),
        _ => throw new InvalidOperationException($"{outcome} is not an outcome"),
    };

    private static StatusCode CodeOf(JoinRefusalKind kind) => kind switch
    {
        JoinRefusalKind.BadRequest => StatusCode.InvalidArgument,
        JoinRefusalKind.Taken => StatusCode.AlreadyExists,
        JoinRefusalKind.TooManyGuesses => StatusCode.ResourceExhausted,
        _ => StatusCode.PermissionDenied,
    };
}
