using Fleet.Agent.Execution.Output;

namespace Fleet.Agent.Execution.Steps;

/// <summary>The output of a built-in, within the same limits as a program's.</summary>
internal sealed class BuiltinOutput(StepContext context, int step)
{
    private readonly OutputLimiter _limiter = new(context.Request.Output);
    private long _deliveredBytes;

    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        for (; bytes.Length > 0; bytes = bytes[Math.Min(bytes.Length, OutputReader.ChunkBytes)..])
        {
            var piece = bytes[..Math.Min(bytes.Length, OutputReader.ChunkBytes)];
            var head = _limiter.Accept(piece.Span);
            if (head == 0)
                continue;
            await DeliverAsync(_deliveredBytes, piece[..head]);
            _deliveredBytes += head;
        }
    }

    internal async ValueTask<StreamTotals> EndAsync()
    {
        var totals = new StreamTotals(_limiter.TotalBytes, _limiter.DroppedBytes, ReachedEnd: true);
        var offset = _limiter.TailOffset;
        var tail = _limiter.TakeTail();
        for (var sent = 0; sent < tail.Length; sent += OutputReader.ChunkBytes)
            await DeliverAsync(offset + sent, tail.AsMemory(sent, Math.Min(OutputReader.ChunkBytes, tail.Length - sent)));
        return totals;
    }

    private ValueTask DeliverAsync(long offset, ReadOnlyMemory<byte> bytes) => context.Observer.OutputAsync(
        new OutputChunk(context.Request.TaskId, step, OutputStream.StandardOutput, offset, bytes));
}
