using Fleet.Controller.Identity;
using Fleet.Controller.Registry;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Controller.Tailing;

/// <summary>Live logs, for operators.</summary>
internal sealed partial class LogsService(TailRegistry tails, TargetResolver resolver, TailOptions options, TimeProvider time, ILogger<LogsService> log)
    : Logs.LogsBase
{
    /// <inheritdoc/>
    public override async Task Tail(TailRequest request, IServerStreamWriter<TailReply> responseStream, ServerCallContext context)
    {
        if (context.GetCaller() is not CallerIdentity.Operator caller)
            throw new RpcException(new Status(StatusCode.PermissionDenied, "only operators follow logs"));
        var order = request.Order ?? new TailOrder();
        if (TailCheck.FindFault(order) is { Length: > 0 } fault)
            throw new RpcException(new Status(StatusCode.InvalidArgument, fault));
        var target = resolver.Resolve(request.Target ?? new TargetSelection(), request.PreviewDigest).OrRefuse();
        if (target.Agents.Count > Limits.TailHosts)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument,
                $"the target matches {target.Agents.Count} hosts, too many to follow: follow at most {Limits.TailHosts}, or search them with `fleet grep`"));
        }

        var session = new TailSession(Guid.NewGuid().ToString("N")[..16], order, target.Agents, options, time, log);
        if (!tails.TryAdd(session, caller.Id, out var refusal))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, refusal));
        LogBegun(session.Id, caller.Name, target.Agents.Count);
        try
        {
            await session.RunAsync(responseStream, context.CancellationToken);
        }
        finally
        {
            tails.Remove(session);
            LogOver(session.Id, caller.Name);
        }
    }

    [LoggerMessage(4711, LogLevel.Information, "Tail {Tail} of {Operator} started on {Hosts} hosts")]
    private partial void LogBegun(string tail, string @operator, int hosts);

    [LoggerMessage(4712, LogLevel.Information, "Tail {Tail} of {Operator} ended")]
    private partial void LogOver(string tail, string @operator);
}
