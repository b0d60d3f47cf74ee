namespace Fleet.Storage.Sqlite;

/// <summary>How many findings each agent has of each scan (the table <c>finding_counts</c>), and who has to give some up where they are too many.</summary>
internal static class FindingShares
{
    /// <summary>Counts findings that came, or with a negative number those that went.</summary>
    public static void Add(Connection connection, string agentId, string scan, long count)
    {
        using (var put = connection.Use(
            """
            INSERT INTO finding_counts (agent_id, scan, count) VALUES (?1, ?2, ?3)
            ON CONFLICT (agent_id, scan) DO UPDATE SET count = count + ?3
            """))
            put.With(agentId).With(scan).With(count).Run();
        if (count > 0)
            return;
        using var forget = connection.Use("DELETE FROM finding_counts WHERE agent_id = ? AND scan = ? AND count <= 0");
        forget.With(agentId).With(scan).Run();
    }

    /// <summary>Deletes up to so many of the findings beyond a number; returns how many.</summary>
    public static int DeleteBeyond(Connection connection, long most, int limit)
    {
        var agents = Counts(connection);
        var excess = agents.Values.Sum(scans => scans.Sum(scan => scan.Count)) - most;
        if (excess <= 0)
            return 0;

        var room = (int)Math.Min(excess, limit);
        var share = FairShare.Of(agents.Values.Select(scans => scans.Sum(scan => scan.Count)), most);
        var deleted = 0;
        foreach (var (agentId, scans) in agents.OrderByDescending(agent => agent.Value.Sum(scan => scan.Count)))
        {
            var ofScan = FairShare.Of(scans.Select(scan => scan.Count), share);
            foreach (var (scan, count) in scans.Where(scan => scan.Count > ofScan))
            {
                if (deleted == room)
                    return deleted;
                deleted += DeleteOldest(connection, agentId, scan, (int)Math.Min(count - ofScan, room - deleted));
            }
        }

        return deleted;
    }

    private static Dictionary<string, List<(string Scan, long Count)>> Counts(Connection connection)
    {
        using var rows = connection.Use("SELECT agent_id, scan, count FROM finding_counts");
        var agents = new Dictionary<string, List<(string Scan, long Count)>>(StringComparer.Ordinal);
        while (rows.Next())
        {
            var agentId = rows.Text();
            if (!agents.TryGetValue(agentId, out var scans))
                agents.Add(agentId, scans = []);
            scans.Add((rows.Text(), rows.Long()));
        }

        return agents;
    }

    // What has not been judged stays: it may be the line that raises the alert.
    private static int DeleteOldest(Connection connection, string agentId, string scan, int count)
    {
        int deleted;
        using (var delete = connection.Use(
            """
            DELETE FROM findings WHERE seq IN (
                SELECT seq FROM findings INDEXED BY findings_of_agent
                WHERE agent_id = ?1 AND scan = ?2 AND seq <= (SELECT seq FROM alert_progress)
                ORDER BY seq LIMIT ?3)
            """))
            deleted = delete.With(agentId).With(scan).With(count).Run();
        if (deleted > 0)
            Add(connection, agentId, scan, -deleted);
        return deleted;
    }
}
