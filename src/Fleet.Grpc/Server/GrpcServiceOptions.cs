using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>Options of all gRPC services of an application.</summary>
public class GrpcServiceOptions
{
    /// <summary>The largest message to receive, in bytes, compressed or not; null means no limit. The default is 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest message to send, in bytes before compression; null means no limit. The default is null.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Whether the message of an exception that a handler throws goes to the client. The default is null: no.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>What responses are compressed with where the client accepts it: <c>gzip</c> or null. The default is null.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard responses are compressed. The default is null: fast.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Interceptors before every handler; the first added is the outermost.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}
