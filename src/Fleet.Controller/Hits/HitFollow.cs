using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Hits;

/// <summary>Follows hits for one operator: from the store, by cursor. Signals only say when to look again.</summary>
/// <remarks>Whoever names the place of the last reply he has gets what came behind it, as if he had never been away.</remarks>
internal sealed class HitFollow(IFleetStore store, HitReadLimiter turns, HitSignal signal, TimeProvider time)
{
    private const int RowsPerRead = 500;

    /// <summary>So many that did not match are passed over before the operator hears how far it is.</summary>
    private const int RowsPassedOver = 10_000;

    /// <summary>Looks no more often than this while hits come.</summary>
    private static readonly TimeSpan s_lookPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks at least this often, should a signal ever be missed.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Writes those behind a place, or in the window, in the order of their arrival, and then live until the caller ends it. Without either:
    /// only those to come.
    /// </summary>
    /// <exception cref="RpcException">The place is not in this store.</exception>
    public async Task RunAsync(FindingQuery query, long? after, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        var told = await StartAsync(query, after, cancellationToken);
        var cursor = told;
        query = query with { Order = FindingOrder.Arrival, Limit = RowsPerRead };
        // The caller knows now that nothing will be missed from here on.
        await TellAsync(new SearchHitsReply(), cursor, responses, cancellationToken);
        while (true)
        {
            var next = signal.Next;
            var last = await store.Findings.LastSeqAsync(cancellationToken);
            while (true)
            {
                var from = query with { AfterSeq = cursor };
                var page = await turns.ReadAsync(() => store.Findings.ReadAsync(from, cancellationToken), cancellationToken);
                foreach (var (reply, seq) in HitMessages.Pack(page))
                    await TellAsync(reply, told = cursor = seq, responses, cancellationToken);
                if (page.Count < RowsPerRead)
                    break;
            }

            // What did not match need not be looked at again.
            cursor = Math.Max(cursor, last);
            if (cursor - told > RowsPassedOver)
                await TellAsync(new SearchHitsReply(), told = cursor, responses, cancellationToken);
            await Task.Delay(s_lookPause, time, cancellationToken);
            await WaitAsync(next, cancellationToken);
        }
    }

    private async Task<long> StartAsync(FindingQuery query, long? after, CancellationToken cancellationToken)
    {
        if (after is { } place)
        {
            // A place beyond the end comes from before the store was put back: what stood there then is not what stands there now.
            return place <= await store.Findings.LastSeqAsync(cancellationToken)
                ? place
                : throw new RpcException(new Status(StatusCode.OutOfRange, "after_cursor lies beyond what is stored: the store was restored since; start the follow again with since_ms"));
        }

        return query.Since is { } since
            ? await store.Findings.PlaceBeforeAsync(since, cancellationToken)
            : await store.Findings.LastSeqAsync(cancellationToken);
    }

    private static Task TellAsync(SearchHitsReply reply, long cursor, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        reply.Cursor = HitCursor.Of(cursor);
        return responses.WriteAsync(reply, cancellationToken);
    }

    private async Task WaitAsync(Task next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(s_longestWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Look again.
        }
    }
}
