using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>A client's outgoing messages. Between writes it holds no buffer.</summary>
internal sealed class ClientStreamWriter<TRequest, TResponse>(ClientCall<TRequest, TResponse> call, MessageStreamContent content)
    : IClientStreamWriter<TRequest>
    where TRequest : class
    where TResponse : class
{
    private readonly OutgoingMessage _outgoing = call.CreateOutgoing();
    private int _writing;
    private volatile bool _completed;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_completed)
            throw new InvalidOperationException("The message cannot be sent: the request stream is complete.");

        if (Interlocked.Exchange(ref _writing, 1) == 1)
            throw new InvalidOperationException("The message cannot be sent: the previous one is still being sent.");

        try
        {
            using var cancels = cancellationToken.UnsafeRegister(
                static state => ((ClientCall<TRequest, TResponse>)state!).Cancel("The caller cancelled a write."), call);
            await SendAsync(message);
        }
        finally
        {
            _outgoing.Dispose();
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        _completed = true;
        content.Complete();
        return Task.CompletedTask;
    }

    private async Task SendAsync(TRequest message)
    {
        Exception? broken;
        try
        {
            var stream = await content.Opened.WaitAsync(call.Stopped);

            // Encoding errors are the message's: nothing was sent and the call goes on.
            call.Encode(message, _outgoing, WriteOptions);
            broken = await TrySendAsync(stream);
        }
        catch (OperationCanceledException stopped) when (call.Stopped.IsCancellationRequested)
        {
            broken = stopped;
        }

        if (broken is not null)
            throw await call.ExplainFailedWriteAsync(broken);
    }

    private async Task<Exception?> TrySendAsync(Stream stream)
    {
        try
        {
            await stream.WriteAsync(_outgoing.Frame, call.Stopped);
            var options = WriteOptions ?? call.Options.WriteOptions;
            if (options is null || (options.Flags & WriteFlags.BufferHint) == 0)
                await stream.FlushAsync(call.Stopped);

            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
