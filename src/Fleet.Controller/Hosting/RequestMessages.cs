using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Controller.Hosting;

/// <summary>
/// The messages of a request that streams. What cannot be read is the caller's fault, in the library's words an exception of a file, and is
/// told as one; whatever a handler makes of files' failures does not hide it.
/// </summary>
internal sealed class RequestMessages<T>(IAsyncStreamReader<T> inner) : IAsyncStreamReader<T>
{
    /// <inheritdoc/>
    public T Current => inner.Current;

    /// <inheritdoc/>
    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        var next = inner.MoveNext(cancellationToken);
        return next.IsCompletedSuccessfully ? next : ReadAsync(next);
    }

    private static async Task<bool> ReadAsync(Task<bool> next)
    {
        try
        {
            return await next;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException || IsTooLarge(e))
        {
            throw new RpcException(new Status(StatusCode.Internal, "a message cannot be read"));
        }
    }

    // A length that is no length. Kestrel's exceptions, of connections that ended, have other words.
    private static bool IsTooLarge(Exception e) => e is IOException && e.Message.StartsWith("Message too large", StringComparison.Ordinal);
}
