using System.Threading.Channels;

namespace Fleet.Agent.Link;

/// <summary>Wakes one waiting loop; several calls before it wakes count as one.</summary>
internal sealed class WakeUp
{
    // Capacity 1, further signals dropped: one is enough to make the loop look at everything.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Set() => _signal.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _signal.Reader.ReadAsync(cancellationToken);
}
