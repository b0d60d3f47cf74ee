using System.Net;

namespace Grpc.Net.Client.Calls;

/// <summary>The body of a call that streams requests: lends the transport's stream to the call's writer until that is done.</summary>
internal sealed class MessageStreamContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The stream to write frames to, once the transport asks for the body.</summary>
    public Task<Stream> Opened => _opened.Task;

    /// <summary>Ends the body.</summary>
    public void Complete() => _done.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // Messages already written went with the first stream and cannot be sent again.
        if (!_opened.TrySetResult(stream))
            throw new IOException("The connection closed while the call was being started.");

        // The headers leave now: the server may speak first.
        await stream.FlushAsync(cancellationToken);
        await _done.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
