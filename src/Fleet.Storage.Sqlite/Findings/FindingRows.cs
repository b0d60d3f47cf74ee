namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the tables <c>findings</c> and <c>scan_totals</c>.</summary>
internal static class FindingRows
{
    private const string Columns =
        "seq, received_at, kind, scan, agent_id, agent_name, id, severity, pattern, source, template, at, count, text, data, unassigned";

    // Names of hosts in an answer about clusters: of one, and of all together, the most frequent first.
    private const int MostHostsOfOne = 2000;
    private const int MostHosts = 50_000;

    /// <summary>Adds a finding; false if it is there already.</summary>
    public static bool Insert(Connection connection, Finding finding, DateTimeOffset receivedAt)
    {
        using var insert = connection.Use(
            """
            INSERT INTO findings
                (kind, scan, agent_id, agent_name, id, severity, pattern, source, template, at, received_at, count, text, data,
                unassigned)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """);
        return insert
            .With((int)finding.Kind).With(finding.Scan).With(finding.AgentId).With(finding.AgentName).With(finding.Id)
            .With(finding.Severity).With(finding.Pattern).With(finding.Source).With(finding.Template)
            .With(ToMicroseconds(finding.At)).With(receivedAt).With(finding.Count).With(finding.Text).With(finding.Data)
            .With(finding.IsUnassigned)
            .Run() > 0;
    }

    public static void AddToTotal(Connection connection, string scan, long hits, long gaps, DateTimeOffset lastAt)
    {
        using var put = connection.Use(
            """
            INSERT INTO scan_totals (scan, hits, gaps, last_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (scan) DO UPDATE SET hits = hits + ?2, gaps = gaps + ?3, last_at = max(last_at, ?4)
            """);
        put.With(scan).With(hits).With(gaps).With(lastAt).Run();
    }

    public static IReadOnlyList<ScanTotal> Totals(Connection connection)
    {
        using var rows = connection.Use("SELECT scan, hits, gaps, last_at FROM scan_totals ORDER BY scan");
        var totals = new List<ScanTotal>();
        while (rows.Next())
            totals.Add(new ScanTotal(rows.Text(), rows.Long(), rows.Long(), rows.Time()));
        return totals;
    }

    public static IReadOnlyList<StoredFinding> Read(Connection connection, FindingQuery query)
    {
        var filter = new FindingFilter(query);
        // By arrival from a place on, whatever else is asked for: an index would have all that match sorted first.
        var (table, order) = query.Order == FindingOrder.Arrival ? ("findings NOT INDEXED", "seq") : ("findings", "at DESC, seq DESC");
        using var rows = connection.Use($"SELECT {Columns} FROM {table} WHERE {filter.Sql} ORDER BY {order} LIMIT ?");
        filter.Bind(rows).With(query.Limit);
        var findings = new List<StoredFinding>();
        while (rows.Next())
            findings.Add(ReadRow(rows));
        return findings;
    }

    public static IReadOnlyList<FindingCluster> Clusters(Connection connection, FindingQuery query)
    {
        var filter = new FindingFilter(query with { Order = FindingOrder.Arrival, AfterSeq = 0, After = null });
        using var rows = connection.Use(
            $"""
            SELECT template, sum(lines) AS total, text, min(first), max(last), count(*), json_group_array(agent_name) FROM (
                SELECT template, agent_name, sum(count) AS lines, text, min(at) AS first, max(at) AS last FROM findings
                WHERE kind <> {(int)FindingKind.Gap} AND {filter.Sql}
                GROUP BY template, agent_name)
            GROUP BY template ORDER BY total DESC, template LIMIT ?
            """);
        filter.Bind(rows).With(query.Limit);
        var clusters = new List<FindingCluster>();
        var room = MostHosts;
        while (rows.Next())
        {
            var (template, lines, text, first, last, count) = (rows.Text(), rows.Long(), rows.Bytes(), rows.Long(), rows.Long(), rows.Int());
            var hosts = TextList.Read(rows.Text(), Math.Min(room, MostHostsOfOne));
            room -= hosts.Count;
            clusters.Add(new FindingCluster(template, lines, text, FromMicroseconds(first), FromMicroseconds(last), count, hosts));
        }

        return clusters;
    }

    public static long LastSeq(Connection connection) =>
        // Not the largest that is left: retention may have deleted it, and places never go back.
        connection.Number("SELECT seq FROM sqlite_sequence WHERE name = 'findings'");

    public static long PlaceBefore(Connection connection, DateTimeOffset since)
    {
        using var row = connection.Use(
            """
            SELECT coalesce((SELECT min(seq) FROM findings INDEXED BY findings_by_time WHERE at >= ?) - 1, (SELECT max(seq) FROM findings), 0)
            """);
        return row.With(ToMicroseconds(since)).Next() ? row.Long() : 0;
    }

    public static IReadOnlyList<string> Scans(Connection connection)
    {
        // From one name to the next by the index: a DISTINCT would walk through all findings.
        using var rows = connection.Use(
            """
            WITH RECURSIVE names (name) AS (
                SELECT min(scan) FROM findings
                UNION ALL
                SELECT (SELECT min(scan) FROM findings WHERE scan > name) FROM names WHERE name IS NOT NULL)
            SELECT name FROM names WHERE name IS NOT NULL
            """);
        var names = new List<string>();
        while (rows.Next())
            names.Add(rows.Text());
        return names;
    }

    /// <summary>Deletes up to so many judged findings of a scan; returns how many.</summary>
    /// <remarks>The time of the line leads through the index, that of the storing makes sure that nothing goes which has only just come.</remarks>
    public static int DeleteOld(Connection connection, string scan, DateTimeOffset before, int limit)
    {
        using var delete = connection.Use(
            """
            DELETE FROM findings WHERE seq IN (
                SELECT seq FROM findings
                WHERE scan = ?1 AND at < ?2 AND received_at < ?3 AND seq <= (SELECT seq FROM alert_progress)
                LIMIT ?4)
            RETURNING agent_id
            """);
        delete.With(scan).With(ToMicroseconds(before)).With(before).With(limit);
        var deleted = new Dictionary<string, int>(StringComparer.Ordinal);
        while (delete.Next())
        {
            var agentId = delete.Text();
            deleted[agentId] = deleted.GetValueOrDefault(agentId) + 1;
        }

        foreach (var (agentId, count) in deleted)
            FindingShares.Add(connection, agentId, scan, -count);
        return deleted.Values.Sum();
    }

    /// <summary>As the column <c>at</c> has it.</summary>
    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset FromMicroseconds(long us) => DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);

    private static StoredFinding ReadRow(Statement row) => new(
        row.Long(),
        row.Time(),
        new Finding
        {
            Kind = (FindingKind)row.Int(),
            Scan = row.Text(),
            AgentId = row.Text(),
            AgentName = row.Text(),
            Id = row.Bytes(),
            Severity = row.Int(),
            Pattern = row.Text(),
            Source = row.Text(),
            Template = row.Text(),
            At = FromMicroseconds(row.Long()),
            Count = row.Long(),
            Text = row.Bytes(),
            Data = row.Bytes(),
            IsUnassigned = row.Bool(),
        });
}
