using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Controller.Hosting;

/// <summary>The messages of a response that streams. Those that are to leave together leave at 64 KiB all the same: the library would hold them all.</summary>
internal sealed class ResponseMessages<T>(IServerStreamWriter<T> inner) : IServerStreamWriter<T>
{
    private const int MostHeldBytes = 64 * 1024;
    private int _heldBytes;

    /// <inheritdoc/>
    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    /// <inheritdoc/>
    public Task WriteAsync(T message)
    {
        Bound(message);
        return inner.WriteAsync(message);
    }

    /// <inheritdoc/>
    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        Bound(message);
        return inner.WriteAsync(message, cancellationToken);
    }

    // Whoever writes says before each message whether more will follow.
    private void Bound(T message)
    {
        if (inner.WriteOptions is not { } options || (options.Flags & WriteFlags.BufferHint) == 0)
        {
            _heldBytes = 0;
            return;
        }

        _heldBytes += message is IMessage sized ? sized.CalculateSize() : MostHeldBytes;
        if (_heldBytes < MostHeldBytes)
            return;
        inner.WriteOptions = new WriteOptions(options.Flags & ~WriteFlags.BufferHint);
        _heldBytes = 0;
    }
}
