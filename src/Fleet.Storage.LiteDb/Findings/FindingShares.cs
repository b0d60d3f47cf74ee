using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>
/// How many findings each agent has of each scan (the collection <c>finding_counts</c>), and who has to give some up where they are too many.
/// </summary>
internal static class FindingShares
{
    /// <summary>Counts findings that came, or with a negative number those that went.</summary>
    public static void Add(Database database, string agentId, string scan, long count)
    {
        BsonValue id = Key.Hash(agentId, scan);
        var known = database.Find(Collections.FindingCounts, id)?["count"].AsInt64 ?? 0;
        if (known + count > 0)
        {
            database.Upsert(
                Collections.FindingCounts, new BsonDocument { ["_id"] = id, ["agent"] = agentId, ["scan"] = scan, ["count"] = known + count });
        }
        else
        {
            database.Delete(Collections.FindingCounts, id);
        }
    }

    public static IEnumerable<(string AgentId, string Scan, long Count)> List(Database database) => database.All(Collections.FindingCounts)
        .Select(row => (row["agent"].AsString, row["scan"].AsString, row["count"].AsInt64));

    /// <summary>Names of the scans of which there are findings, in order.</summary>
    public static IReadOnlyList<string> Scans(Database database) =>
        [.. List(database).Select(row => row.Scan).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Findings of an agent's scan, first come first.</summary>
    public static IEnumerable<BsonDocument> Findings(Database database, string agentId, string scan)
    {
        var hash = Key.Hash(agentId, scan);
        return database.Between(Collections.Findings, "of_agent", Key.Of(hash, 0), Key.Of(hash, long.MaxValue));
    }

    /// <summary>Deletes up to so many of the findings beyond a number; returns how many.</summary>
    public static int DeleteBeyond(Database database, long most, int limit)
    {
        var agents = List(database).GroupBy(row => row.AgentId, StringComparer.Ordinal)
            .Select(rows => (AgentId: rows.Key, Scans: rows.ToList(), Count: rows.Sum(row => row.Count))).ToList();
        var excess = agents.Sum(agent => agent.Count) - most;
        if (excess <= 0)
            return 0;
        var room = (int)Math.Min(excess, limit);
        var share = FairShare.Of(agents.Select(agent => agent.Count), most);
        var deleted = 0;
        foreach (var (agentId, scans, _) in agents.OrderByDescending(agent => agent.Count))
        {
            var ofScan = FairShare.Of(scans.Select(scan => scan.Count), share);
            foreach (var (_, scan, count) in scans.Where(scan => scan.Count > ofScan))
            {
                if (deleted == room)
                    return deleted;
                deleted += DeleteOldest(database, agentId, scan, (int)Math.Min(count - ofScan, room - deleted));
            }
        }

        return deleted;
    }

    // What has not been judged stays: it may be the line that raises the alert.
    private static int DeleteOldest(Database database, string agentId, string scan, int count)
    {
        var judged = database.State.EvaluatedUpTo;
        var oldest = Findings(database, agentId, scan).TakeWhile(finding => finding["_id"].AsInt64 <= judged)
            .Take(count).Select(finding => finding["_id"]).ToList();
        database.Delete(Collections.Findings, oldest);
        if (oldest.Count > 0)
            Add(database, agentId, scan, -oldest.Count);
        return oldest.Count;
    }
}
