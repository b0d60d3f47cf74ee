using Fleet.Controller.Identity;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Access;

/// <summary>Who may command, for administrators; and oneself, for everybody.</summary>
internal sealed class OperatorsService(IOperatorStore operators, IdentityRevocation revocation, IdentityRenewal renewal)
    : V1.Operators.OperatorsBase
{
    /// <inheritdoc/>
    public override async Task<V1.Operator> WhoAmI(V1.WhoAmIRequest request, ServerCallContext context)
    {
        var caller = Caller(context);
        var person = await operators.GetAsync(caller.Id, context.CancellationToken);
        return person is not null
            ? ToMessage(person)
            // Whoever comes through the local socket stands in no store.
            : new V1.Operator { Id = caller.Id, Name = caller.Name, Role = OperatorRoleText.Write(caller.Role) };
    }

    /// <inheritdoc/>
    public override async Task<V1.ListOperatorsReply> ListOperators(V1.ListOperatorsRequest request, ServerCallContext context)
    {
        var people = await operators.ListAsync(context.CancellationToken);
        return new V1.ListOperatorsReply { Operators = { people.Select(ToMessage) } };
    }

    /// <inheritdoc/>
    public override async Task<V1.Operator> RevokeOperator(V1.RevokeOperatorRequest request, ServerCallContext context)
    {
        var active = (await operators.ListAsync(context.CancellationToken)).Where(o => o.State == OperatorState.Active).ToList();
        var person = active.Find(o => o.Id == request.Name)
            ?? active.Find(o => string.Equals(o.Name, request.Name, StringComparison.OrdinalIgnoreCase))
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"there is no active operator \"{request.Name}\""));
        if (person.Role == OperatorRole.Admin && active.Count(o => o.Role == OperatorRole.Admin) == 1)
        {
            throw new RpcException(new Status(
                StatusCode.FailedPrecondition,
                $"{person.Name} is the last admin: let another one in first (`fleet-controller token create --operator admin` on the controller's host)"));
        }

        var revoked = await revocation.RevokeOperatorAsync(person.Id, $"revoked by {context.GetCaller()}", context.CancellationToken);
        return ToMessage(revoked ?? person with { State = OperatorState.Revoked });
    }

    /// <inheritdoc/>
    public override async Task<V1.RenewCertificateReply> RenewCertificate(V1.RenewCertificateRequest request, ServerCallContext context)
    {
        var outcome = await renewal.RenewOperatorAsync(Caller(context).Id, request.Csr.Memory, context.CancellationToken);
        return outcome switch
        {
            RenewalOutcome.Renewed renewed => new V1.RenewCertificateReply { Chain = { renewed.Chain.Select(ByteString.CopyFrom) } },
            RenewalOutcome.Refused refused => throw new RpcException(new Status(StatusCode.InvalidArgument, refused.Reason)),
            _ => throw new InvalidOperationException($"{outcome} is not an outcome"),
        };
    }

    private static CallerIdentity.Operator Caller(ServerCallContext context) =>
        context.GetCaller() as CallerIdentity.Operator ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "only operators ask this"));

    private static V1.Operator ToMessage(OperatorRecord person) => new()
    {
        Id = person.Id,
        Name = person.Name,
        Role = OperatorRoleText.Write(person.Role),
        CreatedMs = person.CreatedAt.ToUnixTimeMilliseconds(),
        CertificateExpiresMs = person.CertificateNotAfter.ToUnixTimeMilliseconds(),
        Revoked = person.State == OperatorState.Revoked,
    };
}
