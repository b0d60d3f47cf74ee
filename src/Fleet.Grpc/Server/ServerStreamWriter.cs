using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>A server's outgoing messages.</summary>
internal sealed class ServerStreamWriter<T>(ResponseWriter responses, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return responses.WriteAsync(message, marshaller.ContextualSerializer, WriteOptions, cancellationToken);
    }
}
