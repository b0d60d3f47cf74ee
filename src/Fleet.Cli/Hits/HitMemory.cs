using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Hits;

/// <summary>Remembers what was shown, so that it is not shown again where a window is read once more.</summary>
/// <param name="most">So many of the latest.</param>
internal sealed class HitMemory(int most)
{
    private readonly HashSet<Line> _known = [];
    private readonly Queue<Line> _order = [];

    // An id tells a line within its agent and scan.
    private readonly record struct Line(string Host, string Scan, ByteString Id);

    /// <summary>What in a reply is new; null where nothing is.</summary>
    public SearchHitsReply? New(SearchHitsReply reply)
    {
        var fresh = new SearchHitsReply { Truncated = reply.Truncated };
        fresh.Hits.AddRange(reply.Hits.Where(hit => IsNew(new Line(hit.AgentName, hit.Hit.Scan, hit.Hit.Id))));
        fresh.Summaries.AddRange(reply.Summaries.Where(summary => IsNew(new Line(summary.AgentName, summary.Summary.Scan, summary.Summary.Id))));
        fresh.Gaps.AddRange(reply.Gaps.Where(gap => IsNew(new Line(gap.AgentName, gap.Gap.Scan, gap.Gap.Id))));
        return fresh.Hits.Count + fresh.Summaries.Count + fresh.Gaps.Count > 0 ? fresh : null;
    }

    private bool IsNew(Line line)
    {
        if (!_known.Add(line))
            return false;
        _order.Enqueue(line);
        if (_order.Count > most)
            _known.Remove(_order.Dequeue());
        return true;
    }
}
