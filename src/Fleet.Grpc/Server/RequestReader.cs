using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Takes messages out of the request's pipe, straight from where they lie. It holds nothing while it waits.</summary>
internal sealed class RequestReader(PipeReader pipe, MessageDecoder decoder)
{
    private int _reading;

    /// <summary>Whether the last message came compressed.</summary>
    public bool LastWasCompressed => decoder.LastWasCompressed;

    /// <summary>The only message of a request that has one.</summary>
    public async ValueTask<T> ReadOnlyMessageAsync<T>(Func<DeserializationContext, T> deserializer)
        where T : class
    {
        var (found, message) = await ReadAsync(deserializer, CancellationToken.None);
        if (!found)
            throw new RpcException(new Status(StatusCode.Internal, "The request ended without the one message of this method."));

        if ((await ReadAsync(deserializer, CancellationToken.None)).Found)
            throw new RpcException(new Status(StatusCode.Internal, "The request has more than the one message of this method."));

        return message!;
    }

    /// <summary>The next message, or none at the end of the request.</summary>
    public async ValueTask<(bool Found, T? Message)> ReadAsync<T>(
        Func<DeserializationContext, T> deserializer, CancellationToken cancellationToken)
        where T : class
    {
        if (Interlocked.Exchange(ref _reading, 1) == 1)
            throw new InvalidOperationException("The previous read is still in progress.");

        try
        {
            while (true)
            {
                var result = await ReadPipeAsync(cancellationToken);
                if (TryTake(result, deserializer, out var message))
                    return (true, message);

                if (result.IsCompleted)
                    return default;
            }
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    /// <summary>Ends a read that waits, and any later one.</summary>
    public void Cancel() => pipe.CancelPendingRead();

    private bool TryTake<T>(ReadResult result, Func<DeserializationContext, T> deserializer, out T? message)
    {
        var arrived = result.Buffer;

        // What is left of an incomplete message counts as looked at, or the pipe would hand it out again at once.
        var examined = arrived.End;
        message = default;
        try
        {
            if (FrameHeader.TryTake(ref arrived, decoder.MaxBytes, out var header, out var payload))
            {
                examined = arrived.Start;
                message = decoder.Decode(header, payload, deserializer);
                return true;
            }

            return result.IsCompleted && !arrived.IsEmpty ? throw FrameHeader.Truncated() : false;
        }
        finally
        {
            pipe.AdvanceTo(arrived.Start, examined);
        }
    }

    private async ValueTask<ReadResult> ReadPipeAsync(CancellationToken cancellationToken)
    {
        ReadResult result;
        try
        {
            result = await pipe.ReadAsync(cancellationToken);
        }
        catch (IOException broken)
        {
            throw new RequestAbortedException("The client ended the call.", broken, cancellationToken);
        }

        return result.IsCanceled
            ? throw new RequestAbortedException("The call has ended.", null, cancellationToken)
            : result;
    }
}
