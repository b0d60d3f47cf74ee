using Fleet.Controller.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Hits;

/// <summary>Findings as operators get them.</summary>
internal static class HitMessages
{
    private const int BytesPerMessage = 1 << 20;
    private const int OverheadBytes = 64;

    /// <summary>Findings in messages of a bounded size, each with the position of its last one.</summary>
    public static IEnumerable<(SearchHitsReply Reply, long LastSeq)> Pack(IEnumerable<StoredFinding> findings)
    {
        var (reply, bytes, last) = (new SearchHitsReply(), 0, 0L);
        foreach (var (seq, _, finding) in findings)
        {
            reply.Add(finding);
            last = seq;
            bytes += OverheadBytes + finding.Text.Length + finding.Data.Length + finding.Template.Length;
            if (bytes < BytesPerMessage)
                continue;
            yield return (reply, last);
            (reply, bytes) = (new SearchHitsReply(), 0);
        }

        if (bytes > 0)
            yield return (reply, last);
    }

    /// <summary>Templates and their numbers in messages of a bounded size.</summary>
    public static IEnumerable<SearchHitsReply> Pack(IEnumerable<FindingCluster> clusters)
    {
        var (reply, bytes) = (new SearchHitsReply(), 0);
        foreach (var cluster in clusters.Select(ToMessage))
        {
            reply.Clusters.Add(cluster);
            bytes += cluster.CalculateSize();
            if (bytes < BytesPerMessage)
                continue;
            yield return reply;
            (reply, bytes) = (new SearchHitsReply(), 0);
        }

        if (bytes > 0)
            yield return reply;
    }

    private static void Add(this SearchHitsReply reply, Finding finding)
    {
        switch (finding.Kind)
        {
            case FindingKind.Hit:
                reply.Hits.Add(new StoredHit { AgentName = finding.AgentName, Hit = FindingMessages.ToHit(finding), NotAssigned = finding.IsUnassigned });
                break;
            case FindingKind.Summary:
                reply.Summaries.Add(new StoredSummary
                {
                    AgentName = finding.AgentName, Summary = FindingMessages.ToSummary(finding), NotAssigned = finding.IsUnassigned,
                });
                break;
            default:
                reply.Gaps.Add(new StoredGap
                {
                    AgentName = finding.AgentName, Gap = FindingMessages.ToGap(finding), NotAssigned = finding.IsUnassigned,
                });
                break;
        }
    }

    private static LogCluster ToMessage(FindingCluster cluster) => new()
    {
        Template = cluster.Template,
        Count = (ulong)cluster.Count,
        Example = UnsafeByteOperations.UnsafeWrap(cluster.Example),
        FirstUs = Microseconds(cluster.First),
        LastUs = Microseconds(cluster.Last),
        HostCount = (uint)cluster.HostCount,
        Hosts = { cluster.Hosts },
    };

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
