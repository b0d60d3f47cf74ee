using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>The server's log lines: events 150 to 199.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1050, LogLevel.Error, "The handler of {Method} threw")]
    public static partial void HandlerThrew(ILogger logger, Exception failure, string method);

    [LoggerMessage(1051, LogLevel.Debug, "Call of {Method} ended with {StatusCode}: {Detail}")]
    public static partial void CallFailed(ILogger logger, string method, StatusCode statusCode, string detail);

    [LoggerMessage(1052, LogLevel.Debug, "Request to {Path} refused with HTTP status {HttpStatus}: {Detail}")]
    public static partial void RequestRefused(ILogger logger, string path, int httpStatus, string detail);
}
