using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Tail;

/// <summary>Reads what the controller sends, puts it in order and shows it. While the terminal does not take it, nothing is read.</summary>
internal sealed class TailStream(ITailPrinter printer, TailTally tally, long mostLines, TimeProvider time)
{
    // Long enough for the ways of most networks, too short to be noticed.
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(300);
    private const int BatchItems = 2000;

    private readonly LineMerger _merger = new(s_window, time);

    /// <summary>Whether the controller has been heard.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Shows a tail to its end.</summary>
    /// <param name="replies">What the controller sends.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="abandon">Fires a while later: what is still to be printed is not waited for.</param>
    /// <exception cref="RpcException">The controller failed or cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The output was not taken before <paramref name="abandon"/>.</exception>
    public async Task<TailEnd> RunAsync(IAsyncStreamReader<TailReply> replies, CancellationToken stop, CancellationToken abandon)
    {
        try
        {
            var end = await ReadAsync(replies, stop, abandon);
            // What is held for the order's sake came in time.
            return await PrintAsync(all: true, abandon) ? TailEnd.EnoughLines : end;
        }
        catch (IOException) when (!abandon.IsCancellationRequested)
        {
            return TailEnd.OutputClosed;
        }
    }

    private async Task<TailEnd> ReadAsync(IAsyncStreamReader<TailReply> replies, CancellationToken stop, CancellationToken abandon)
    {
        Task<bool>? next = null;
        while (!stop.IsCancellationRequested)
        {
            next ??= replies.MoveNext(stop);
            if (!next.IsCompleted)
                await ((Task)next).WaitAsync(_merger.NextDue ?? Timeout.InfiniteTimeSpan, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (next.IsCompleted && !stop.IsCancellationRequested)
            {
                if (!await next)
                    return TailEnd.NobodyLeft;
                HasBegun = true;
                await TakeAsync(replies.Current, abandon);
                next = null;
            }

            if (await PrintAsync(all: false, abandon))
                return TailEnd.EnoughLines;
        }

        return TailEnd.Stopped;
    }

    private async Task TakeAsync(TailReply reply, CancellationToken abandon)
    {
        if (reply.Hosts is { } hosts)
        {
            // A host that ends has sent its lines before: they come first.
            await PrintAsync(all: true, abandon);
            printer.Show(tally.Take(hosts));
        }

        if (reply.Lines is not { } lines)
            return;
        foreach (var item in TailItem.Of(lines))
            _merger.Add(item);
    }

    /// <summary>Shows what is due; true when enough was shown. On another thread, since a terminal that is stopped blocks whoever writes to it.</summary>
    private async Task<bool> PrintAsync(bool all, CancellationToken abandon)
    {
        if (_merger.NextDue is not { } due || (due > TimeSpan.Zero && !all))
            return tally.Lines >= mostLines;
        return await Task.Run(() => Print(all), CancellationToken.None).WaitAsync(abandon);
    }

    private bool Print(bool all)
    {
        var sinceFlush = 0;
        while (tally.Lines < mostLines && _merger.TryTake(all) is { } item)
        {
            tally.Count(item);
            printer.Show(item);
            if (++sinceFlush % BatchItems == 0)
                printer.Flush();
        }

        printer.Flush();
        return tally.Lines >= mostLines;
    }
}
