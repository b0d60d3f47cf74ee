namespace Fleet.Storage;

/// <summary>Adds findings to a store, each once, and what they make of the sums that are kept of them; providers say how each is written.</summary>
/// <param name="insert">Adds a finding; false where it is there already.</param>
/// <param name="addToTotal">Adds to a scan's sums: hits, gaps, and when the last hit was.</param>
/// <param name="addToShare">Adds to how many findings are kept of a scan of an agent.</param>
internal sealed class FindingBatch(
    Func<Finding, bool> insert, Action<string, long, long, DateTimeOffset> addToTotal, Action<string, string, long> addToShare)
{
    /// <summary>Adds them; how many were not there yet.</summary>
    public int Append(IReadOnlyList<Finding> findings)
    {
        var added = 0;
        var totals = new Dictionary<string, (long Hits, long Gaps, DateTimeOffset LastAt)>(StringComparer.Ordinal);
        var counts = new Dictionary<(string AgentId, string Scan), long>();
        foreach (var finding in findings)
        {
            if (!insert(finding))
                continue;
            added++;
            var key = (finding.AgentId, finding.Scan);
            counts[key] = counts.GetValueOrDefault(key) + 1;
            if (finding.IsUnassigned)
                continue;
            var (hits, gaps, lastAt) = totals.GetValueOrDefault(finding.Scan);
            totals[finding.Scan] = finding.Kind == FindingKind.Gap
                ? (hits, gaps + 1, lastAt)
                : (hits + finding.Count, gaps, finding.At > lastAt ? finding.At : lastAt);
        }

        foreach (var (scan, (hits, gaps, lastAt)) in totals)
            addToTotal(scan, hits, gaps, lastAt > DateTimeOffset.UnixEpoch ? lastAt : DateTimeOffset.UnixEpoch);
        foreach (var ((agentId, scan), count) in counts)
            addToShare(agentId, scan, count);
        return added;
    }
}
