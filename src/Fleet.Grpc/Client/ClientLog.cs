using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client.Calls;

/// <summary>The client's log lines: events 100 to 149.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(1000, LogLevel.Debug, "Call to {Method} ended with {StatusCode}: {Detail}")]
    public static partial void CallFailed(ILogger logger, string method, StatusCode statusCode, string detail);

    [LoggerMessage(1001, LogLevel.Warning, "The transport failed to cancel a call to {Method}")]
    public static partial void CancellationFailed(ILogger logger, Exception failure, string method);
}
