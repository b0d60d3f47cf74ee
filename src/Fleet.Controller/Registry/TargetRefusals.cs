using Grpc.Core;

namespace Fleet.Controller.Registry;

/// <summary>Where a target that cannot be served becomes a status.</summary>
internal static class TargetRefusals
{
    /// <summary>The agents, or the refusal.</summary>
    /// <exception cref="RpcException">The target is malformed, means nobody, or has changed since its preview.</exception>
    public static TargetOutcome.Resolved OrRefuse(this TargetOutcome outcome) => outcome switch
    {
        TargetOutcome.Resolved resolved => resolved,
        TargetOutcome.Malformed malformed => throw new RpcException(new Status(StatusCode.InvalidArgument, malformed.Reason)),
        TargetOutcome.Nobody nobody => throw new RpcException(new Status(StatusCode.NotFound, nobody.Reason)),
        TargetOutcome.Changed changed => throw new RpcException(new Status(StatusCode.FailedPrecondition, changed.Reason)),
        _ => throw new InvalidOperationException("Unknown outcome of a target."),
    };
}
