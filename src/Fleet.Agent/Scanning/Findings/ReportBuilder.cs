using Fleet.Protocol.V1;

namespace Fleet.Agent.Scanning.Findings;

/// <summary>Packs findings into reports of a handy size.</summary>
internal static class ReportBuilder
{
    private const int MostFindings = 500;
    private const int WantedBytes = 192 * 1024;

    public static List<ScanReport> Build(StagedFindings staged)
    {
        var reports = new List<ScanReport>();
        ScanReport? open = null;
        var (count, bytes) = (0, 0);
        ScanReport Open(int size)
        {
            if (open is null || count >= MostFindings || bytes + size > WantedBytes)
            {
                reports.Add(open = new ScanReport());
                (count, bytes) = (0, 0);
            }

            count++;
            bytes += size;
            return open;
        }

        foreach (var hit in staged.Hits)
            Open(hit.CalculateSize()).Hits.Add(hit);
        foreach (var summary in staged.Summaries)
            Open(summary.CalculateSize()).Summaries.Add(summary);
        foreach (var gap in staged.Gaps)
            Open(gap.CalculateSize()).Gaps.Add(gap);
        return reports;
    }
}
