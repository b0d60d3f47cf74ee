using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Fleet.Controller.Admission;

/// <summary>
/// What the TLS handshake reads from: it gets bytes only in its turn, and gives the turn back when there are none. Once the handshake
/// is done it reads straight from the connection.
/// </summary>
internal sealed class HandshakeReader(PipeReader inner, HandshakeGate gate, PeerSource source, CancellationToken closed) : PipeReader, IDisposable
{
    private HandshakeGate? _gate = gate;
    private HandshakeSlot? _turn;
    private bool _hasBegun;

    /// <summary>The handshake is over, well or not: the turn is given back.</summary>
    public void Dispose()
    {
        _gate = null;
        Interlocked.Exchange(ref _turn, null)?.Dispose();
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _gate is { } gate ? ReadInTurnAsync(gate, cancellationToken) : inner.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return _gate is null && inner.TryRead(out result);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private async ValueTask<ReadResult> ReadInTurnAsync(HandshakeGate gate, CancellationToken cancellationToken)
    {
        // What is there already belongs to the same step.
        if (_turn is not null && inner.TryRead(out var result))
            return result;
        Interlocked.Exchange(ref _turn, null)?.Dispose();
        result = await inner.ReadAsync(cancellationToken);
        if (result.IsCompleted || result.IsCanceled)
            return result;

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closed);
        _turn = await gate.EnterAsync(source, _hasBegun, gone.Token);
        if (_turn is null)
            throw new ConnectionAbortedException("The connection went away, or its time was up, before its turn came.");
        _hasBegun = true;
        return result;
    }
}
