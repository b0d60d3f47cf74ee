using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>A server's incoming messages.</summary>
internal sealed class ServerStreamReader<T>(RequestReader requests, Marshaller<T> marshaller) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _current = null;
        var (found, message) = await requests.ReadAsync(marshaller.ContextualDeserializer, cancellationToken);
        _current = message;
        return found;
    }
}
