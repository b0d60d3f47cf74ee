namespace Grpc.AspNetCore.Server.Calls;

/// <summary>A read or write that ended because the call did: the client reset it, its connection broke or the deadline passed.</summary>
internal sealed class RequestAbortedException(string message, Exception? cause, CancellationToken token)
    : OperationCanceledException(message, cause, token);
