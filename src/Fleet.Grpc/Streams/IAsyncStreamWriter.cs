namespace Grpc.Core;

/// <summary>Outgoing messages of a stream, one after another.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How the next messages are sent; null means the call's own options.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends a message and completes when the transport has taken it. One call at a time.</summary>
    Task WriteAsync(T message);

    /// <summary>Sends a message; cancelling it cancels the call, since half a message cannot be taken back.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            throw new NotSupportedException("This stream's writes cannot be cancelled.");

        return WriteAsync(message);
    }
}
