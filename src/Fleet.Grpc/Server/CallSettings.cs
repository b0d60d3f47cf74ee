using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>What all calls of a service share.</summary>
internal sealed record CallSettings(GrpcServiceOptions Options, TimeProvider Time, ILogger Logger);
