using Fleet.Controller.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Hits;

/// <summary>Findings as operators get them.</summary>
internal static class HitMessages
{
    /// <summary>Adds a finding where it belongs.</summary>
    public static void Add(this SearchHitsReply reply, Finding finding)
    {
        switch (finding.Kind)
        {
            case FindingKind.Hit:
                reply.Hits.Add(new StoredHit { AgentName = finding.AgentName, Hit = FindingMessages.ToHit(finding) });
                break;
            case FindingKind.Summary:
                reply.Summaries.Add(new StoredSummary { AgentName = finding.AgentName, Summary = FindingMessages.ToSummary(finding) });
                break;
            default:
                reply.Gaps.Add(new StoredGap { AgentName = finding.AgentName, Gap = FindingMessages.ToGap(finding) });
                break;
        }
    }

    /// <summary>A template and its number.</summary>
    public static LogCluster ToMessage(FindingCluster cluster) => new()
    {
        Template = cluster.Template,
        Count = (ulong)cluster.Count,
        Example = UnsafeByteOperations.UnsafeWrap(cluster.Example),
        FirstUs = Microseconds(cluster.First),
        LastUs = Microseconds(cluster.Last),
    };

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
