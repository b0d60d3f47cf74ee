using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client.Calls;

/// <summary>The client's log lines: events 100 to 149.</summary>
internal static partial class ClientLog
{
    [LoggerMessage(100, LogLevel.Debug, "Call to {Method} ended with {StatusCode}: {Detail}")]
    public static partial void CallFailed(ILogger logger, string method, StatusCode statusCode, string detail);
}
