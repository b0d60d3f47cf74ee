using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Hits;

/// <summary>Remembers what was shown, so that it is not shown again where a window is read once more.</summary>
/// <param name="most">So many of the latest.</param>
internal sealed class HitMemory(int most)
{
    private readonly HashSet<ByteString> _known = [];
    private readonly Queue<ByteString> _order = [];

    /// <summary>What in a reply is new; null where nothing is.</summary>
    public SearchHitsReply? New(SearchHitsReply reply)
    {
        var fresh = new SearchHitsReply { Truncated = reply.Truncated };
        fresh.Hits.AddRange(reply.Hits.Where(hit => IsNew(hit.Hit.Id)));
        fresh.Summaries.AddRange(reply.Summaries.Where(summary => IsNew(summary.Summary.Id)));
        fresh.Gaps.AddRange(reply.Gaps.Where(gap => IsNew(gap.Gap.Id)));
        return fresh.Hits.Count + fresh.Summaries.Count + fresh.Gaps.Count > 0 ? fresh : null;
    }

    private bool IsNew(ByteString id)
    {
        if (!_known.Add(id))
            return false;
        _order.Enqueue(id);
        if (_order.Count > most)
            _known.Remove(_order.Dequeue());
        return true;
    }
}
