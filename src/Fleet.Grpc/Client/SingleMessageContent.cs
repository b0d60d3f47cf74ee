using System.Net;

namespace Grpc.Net.Client.Calls;

/// <summary>
/// The body of a call with one request. It serializes whenever it is sent, as the transport sends again what a closing
/// connection did not process.
/// </summary>
internal sealed class SingleMessageContent<TRequest>(IRequestEncoder<TRequest> encoder, TRequest message) : HttpContent, IFailingContent
{
    public Exception? Failure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var frame = encoder.CreateOutgoing();
        try
        {
            encoder.Encode(message, frame, options: null);
        }
        catch (Exception failure)
        {
            Failure = failure;
            throw;
        }

        await stream.WriteAsync(frame.Frame, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
