using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Hits;

/// <summary>Follows hits for one operator: from the store, by cursor. Signals only say when to look again.</summary>
internal sealed class HitFollow(IFleetStore store, HitSignal signal, TimeProvider time)
{
    private const int RowsPerRead = 500;

    /// <summary>Looks no more often than this while hits come.</summary>
    private static readonly TimeSpan s_lookPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Looks at least this often, should a signal ever be missed.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Writes those in the window in the order of their arrival, and then live until the caller ends it. Without a window: only those to come.
    /// </summary>
    public async Task RunAsync(FindingQuery query, IServerStreamWriter<SearchHitsReply> responses, CancellationToken cancellationToken)
    {
        var cursor = query.Since is { } since
            ? await store.Findings.PlaceBeforeAsync(since, cancellationToken)
            : await store.Findings.LastSeqAsync(cancellationToken);
        query = query with { Order = FindingOrder.Arrival, Limit = RowsPerRead };
        // The caller knows now that nothing will be missed from here on.
        await responses.WriteAsync(new SearchHitsReply(), cancellationToken);
        while (true)
        {
            var next = signal.Next;
            var last = await store.Findings.LastSeqAsync(cancellationToken);
            while (true)
            {
                var page = await store.Findings.ReadAsync(query with { AfterSeq = cursor }, cancellationToken);
                await HitSearch.WriteAsync(page, truncated: false, responses, cancellationToken);
                cursor = page.Count > 0 ? page[^1].Seq : cursor;
                if (page.Count < RowsPerRead)
                    break;
            }

            // What did not match need not be looked at again.
            cursor = Math.Max(cursor, last);
            await Task.Delay(s_lookPause, time, cancellationToken);
            await WaitAsync(next, cancellationToken);
        }
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
