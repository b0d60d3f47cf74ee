namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the tables <c>findings</c> and <c>scan_totals</c>.</summary>
internal static class FindingRows
{
    private const string Columns =
        "seq, received_at, kind, scan, agent_id, agent_name, id, severity, pattern, source, template, at, count, text, data";

    /// <summary>Adds a finding; false if it is there already.</summary>
    public static bool Insert(Connection connection, Finding finding, DateTimeOffset receivedAt)
    {
        using var insert = connection.Use(
            """
            INSERT INTO findings
                (kind, scan, agent_id, agent_name, id, severity, pattern, source, template, at, received_at, count, text, data)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """);
        return insert
            .With((int)finding.Kind).With(finding.Scan).With(finding.AgentId).With(finding.AgentName).With(finding.Id)
            .With(finding.Severity).With(finding.Pattern).With(finding.Source).With(finding.Template)
            .With(ToMicroseconds(finding.At)).With(receivedAt).With(finding.Count).With(finding.Text).With(finding.Data)
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
        // Lists go in as JSON: one text of the statement, whatever their lengths.
        var order = query.Order == FindingOrder.Arrival ? "seq" : "at DESC, seq DESC";
        using var rows = connection.Use(
            $"""
            SELECT {Columns} FROM findings
            WHERE seq > ?1
                AND (?2 IS NULL OR scan IN (SELECT value FROM json_each(?2)))
                AND (?3 IS NULL OR agent_id IN (SELECT value FROM json_each(?3)))
                AND (?4 IS NULL OR kind = ?4)
                AND at >= ?5 AND at <= ?6
                AND severity >= ?7
                AND (?8 IS NULL OR pattern IN (SELECT value FROM json_each(?8)))
                AND (?9 = '' OR instr(lower(CAST(text AS TEXT)), lower(?9)) > 0)
            ORDER BY {order} LIMIT ?10
            """);
        rows.With(query.AfterSeq)
            .With(JsonList(query.Scans)).With(query.AgentIds is { } agents ? TextList.Write(agents) : null).With((int?)query.Kind)
            .With(query.Since is { } since ? ToMicroseconds(since) : long.MinValue).With(query.Until is { } until ? ToMicroseconds(until) : long.MaxValue)
            .With(query.MinSeverity).With(JsonList(query.Patterns)).With(query.Text).With(query.Limit);
        var findings = new List<StoredFinding>();
        while (rows.Next())
            findings.Add(ReadRow(rows));
        return findings;
    }

    /// <summary>Deletes up to so many judged findings; returns how many.</summary>
    public static int DeleteOld(Connection connection, string? scan, DateTimeOffset receivedBefore, int limit)
    {
        using var delete = connection.Use(
            """
            DELETE FROM findings WHERE seq IN (
                SELECT seq FROM findings
                WHERE seq <= (SELECT seq FROM alert_progress) AND received_at < ?1 AND (?2 IS NULL OR scan = ?2)
                ORDER BY seq LIMIT ?3)
            """);
        return delete.With(receivedBefore).With(scan).With(limit).Run();
    }

    private static string? JsonList(IReadOnlyCollection<string> texts) => texts.Count == 0 ? null : TextList.Write(texts);

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
            At = DateTimeOffset.UnixEpoch.AddTicks(row.Long() * TimeSpan.TicksPerMicrosecond),
            Count = row.Long(),
            Text = row.Bytes(),
            Data = row.Bytes(),
        });

    private static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
