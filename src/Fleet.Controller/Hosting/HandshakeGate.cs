using System.Diagnostics.CodeAnalysis;

namespace Fleet.Controller.Hosting;

/// <summary>Decides which connection may begin its handshake, and when. Knows nothing of connections.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore holds nothing without a wait handle; connections outlive the container's end.")]
internal sealed class HandshakeGate(HandshakeOptions options, TimeProvider time)
{
    private readonly SemaphoreSlim _slots = new(options.AtOnce);
    private readonly Lock _gate = new();
    private double _allowance = options.PerSecond;
    private long _allowanceAt = time.GetTimestamp();
    private int _waiting;
    private long _refused;

    /// <summary>Connections that wait for a slot.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Handshakes in progress.</summary>
    public int InProgress => options.AtOnce - _slots.CurrentCount;

    /// <summary>Connections turned away so far.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Asks for a slot; null where the connection is turned away. Dispose the slot when the handshake is over.</summary>
    /// <param name="gone">Fires when the connection ends by itself.</param>
    public async ValueTask<HandshakeSlot?> EnterAsync(CancellationToken gone)
    {
        if (!TryTakeAllowance())
            return Refuse();
        // Who waits already goes first.
        if (Waiting == 0 && _slots.Wait(0, CancellationToken.None))
            return new HandshakeSlot(_slots);

        if (Interlocked.Increment(ref _waiting) > options.Waiting)
        {
            Interlocked.Decrement(ref _waiting);
            return Refuse();
        }

        try
        {
            using var limit = new CancellationTokenSource(options.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, gone);
            await _slots.WaitAsync(either.Token);
            return new HandshakeSlot(_slots);
        }
        catch (OperationCanceledException)
        {
            return Refuse();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private HandshakeSlot? Refuse()
    {
        Interlocked.Increment(ref _refused);
        return null;
    }

    // A bucket that holds one second's worth.
    private bool TryTakeAllowance()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var earned = time.GetElapsedTime(_allowanceAt, now).TotalSeconds * options.PerSecond;
            _allowance = Math.Min(options.PerSecond, _allowance + earned);
            _allowanceAt = now;
            if (_allowance < 1)
                return false;
            _allowance--;
            return true;
        }
    }
}
