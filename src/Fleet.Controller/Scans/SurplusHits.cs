using System.Security.Cryptography;
using System.Text;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Controller.Scans;

/// <summary>Counts hits by what they have in common instead of keeping each of them: the number of lines stays true.</summary>
internal static class SurplusHits
{
    private const int MostExamples = 3;

    /// <summary>The report with those hits folded into summaries that are only to be counted.</summary>
    public static ScanReport Fold(ScanReport report, HitChoice choice)
    {
        var folded = report.Clone();
        folded.Hits.Clear();
        folded.Hits.AddRange(choice.Kept);
        folded.Summaries.AddRange(choice.Surplus
            .GroupBy(hit => (hit.Scan, hit.ScanRevision, hit.Pattern, hit.Severity, hit.Source, hit.Template))
            .Select(group => Summary(group.ToList())));
        return folded;
    }

    private static HitSummary Summary(List<Hit> hits)
    {
        var first = hits[0];
        var summary = new HitSummary
        {
            Id = IdOf(hits), Scan = first.Scan, ScanRevision = first.ScanRevision, Pattern = first.Pattern, Severity = first.Severity,
            Source = first.Source, Template = first.Template, Count = (ulong)hits.Count, FirstUs = hits.Min(TimeOf), LastUs = hits.Max(TimeOf),
        };
        summary.Examples.AddRange(hits.Take(MostExamples).Select(hit => hit.Text));
        return summary;
    }

    // Of the ids of all that it stands for: the same hits make the same summary.
    private static ByteString IdOf(List<Hit> hits)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(hits[0].Scan));
        foreach (var hit in hits)
            hash.AppendData(hit.Id.Span);
        return ByteString.CopyFrom(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static long TimeOf(Hit hit) => hit.TimeUs > 0 ? hit.TimeUs : hit.SeenUs;
}
