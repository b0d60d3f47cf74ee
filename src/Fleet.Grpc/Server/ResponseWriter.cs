using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>
/// Puts messages into the response's pipe, one at a time, until the call ends. The gate keeps a handler that writes and a
/// deadline that ends the call apart.
/// </summary>
internal sealed class ResponseWriter(ServerCall call, PipeWriter pipe, int? maxBytes)
{
    // Messages with BufferHint leave together, but not later than at this size: the pipe must not grow without a bound.
    private const int MostUnflushedBytes = 64 * 1024;

    private readonly ResponseFrame _frame = new(pipe, maxBytes);
    private readonly Lock _gate = new();
    private bool _writing;
    private bool _ended;
    private int _unflushedBytes;

    /// <summary>Whether bytes of a message are in the pipe, sent or not.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Whether a message got stuck half-way, after which nothing can follow on this stream.</summary>
    public bool IsBroken => _frame.IsBroken;

    /// <summary>Writes the only response of a call that has one. It leaves together with the status.</summary>
    public void WriteLast<T>(T message, Action<T, SerializationContext> serializer)
        where T : class
    {
        if (message is null)
            throw new RpcException(new Status(StatusCode.Internal, "The handler returned null."));

        lock (_gate)
        {
            if (_ended || call.Status.StatusCode != StatusCode.OK)
                return;

            Put_NeedsGate(message, serializer, options: null);
        }
    }

    /// <summary>Writes a message and waits until the transport has room for more.</summary>
    public async Task WriteAsync<T>(
        T message, Action<T, SerializationContext> serializer, WriteOptions? options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_ended || IsBroken)
                throw new InvalidOperationException("The message cannot be sent: the call has ended.");

            if (_writing)
                throw new InvalidOperationException("The message cannot be sent: the previous one is still being sent.");

            ThrowIfAborted();
            Put_NeedsGate(message, serializer, options);
            var flags = (options ?? call.WriteOptions)?.Flags ?? WriteFlags.None;
            if ((flags & WriteFlags.BufferHint) != 0 && _unflushedBytes < MostUnflushedBytes)
                return;

            _unflushedBytes = 0;
            _writing = true;
        }

        try
        {
            // The whole message is in the pipe: to give up waiting for room does not tear it.
            var flushed = await pipe.FlushAsync(cancellationToken);
            if (flushed.IsCompleted || flushed.IsCanceled)
                ThrowIfAborted();
        }
        finally
        {
            lock (_gate)
                _writing = false;
        }
    }

    /// <summary>Closes the response to messages; false where it was already. Tells whether a write is waiting for room.</summary>
    public bool TryEnd(out bool isWriting)
    {
        lock (_gate)
        {
            isWriting = _writing;
            if (_ended)
                return false;

            return _ended = true;
        }
    }

    private void Put_NeedsGate<T>(T message, Action<T, SerializationContext> serializer, WriteOptions? options)
    {
        var compress = call.PrepareResponse(options);
        _unflushedBytes += _frame.Write(message, serializer, compress);
        HasWritten = true;
    }

    private void ThrowIfAborted()
    {
        if (call.Http.RequestAborted.IsCancellationRequested)
            throw new RequestAbortedException("The client ended the call.", null, call.Http.RequestAborted);
    }
}
