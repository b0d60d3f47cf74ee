using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>How a call ended, and whether this end decided so.</summary>
internal sealed record CallOutcome(Status Status, Metadata Trailers, bool IsLocal)
{
    public RpcException ToRpcException() => new(Status, Trailers);

    public Exception ToException<TRequest, TResponse>(ClientCall<TRequest, TResponse> call)
        where TRequest : class
        where TResponse : class => call.ToException(this);
}
