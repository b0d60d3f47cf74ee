using Fleet.Controller.Logging;
using Fleet.Hosting.Logging;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Control;

/// <summary>The controller itself: how it does, and how much it says.</summary>
internal sealed class ControlService(IEnumerable<IStatusSource> sources, LogLevelControl levels) : V1.Control.ControlBase
{
    /// <inheritdoc/>
    public override Task<V1.ControllerStatus> GetStatus(V1.GetStatusRequest request, ServerCallContext context)
    {
        var status = new V1.ControllerStatus { LogLevel = levels.Current };
        foreach (var source in sources)
            source.Describe(status);
        return Task.FromResult(status);
    }

    /// <inheritdoc/>
    public override Task<V1.SetLogLevelReply> SetLogLevel(V1.SetLogLevelRequest request, ServerCallContext context)
    {
        var previous = levels.Current;
        return levels.TrySet(request.Level)
            ? Task.FromResult(new V1.SetLogLevelReply { PreviousLevel = previous })
            : throw new RpcException(new Status(StatusCode.InvalidArgument, $"\"{request.Level}\" is not a log level: {LogLevels.Words}"));
    }
}
