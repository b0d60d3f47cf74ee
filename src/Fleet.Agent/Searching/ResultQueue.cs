using System.Threading.Channels;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Searching;

/// <summary>From the searching thread to whoever writes the results: bounded, so that a slow link slows the search.</summary>
internal sealed class ResultQueue(CancellationTokenSource stopping) : IDisposable
{
    private const int Slots = 4;

    private readonly Channel<byte[]> _results = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly SemaphoreSlim _free = new(Slots);
    private readonly CancellationToken _stopped = stopping.Token;

    /// <summary>Hands a result over with its length before it; blocks the searching thread while the queue is full.</summary>
    /// <returns>Its bytes.</returns>
    public int Put(LogResult result)
    {
        using var bytes = new MemoryStream(result.CalculateSize() + 5);
        result.WriteDelimitedTo(bytes);
        _free.Wait(_stopped);
        _results.Writer.TryWrite(bytes.ToArray());
        return (int)bytes.Length;
    }

    /// <summary>No more will come.</summary>
    public void Complete() => _results.Writer.TryComplete();

    public async IAsyncEnumerable<byte[]> ReadAllAsync()
    {
        // Ends when the searching thread completes the queue, which it does also when it is cancelled or fails.
        await foreach (var result in _results.Reader.ReadAllAsync(CancellationToken.None))
        {
            _free.Release();
            yield return result;
        }
    }

    public void Dispose() => _free.Dispose();
}
