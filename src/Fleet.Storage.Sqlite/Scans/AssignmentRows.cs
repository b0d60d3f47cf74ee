namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the table <c>scan_assignments</c>.</summary>
internal static class AssignmentRows
{
    public static IReadOnlyList<ScanAssignmentRecord> List(Connection connection)
    {
        using var rows = connection.Use("SELECT agent_id, scan, revision, until FROM scan_assignments");
        var assignments = new List<ScanAssignmentRecord>();
        while (rows.Next())
            assignments.Add(new ScanAssignmentRecord(rows.Text(), rows.Text(), rows.Long(), rows.TimeOrNull()));
        return assignments;
    }

    /// <summary>Of an agent that was removed in the meantime nothing is kept.</summary>
    public static void Put(Connection connection, ScanAssignmentRecord assignment)
    {
        using var put = connection.Use(
            """
            INSERT INTO scan_assignments (agent_id, scan, revision, until) SELECT ?1, ?2, ?3, ?4 FROM agents WHERE id = ?1 AND state = 0
            ON CONFLICT (agent_id, scan) DO UPDATE SET revision = max(revision, ?3), until = ?4
            """);
        put.With(assignment.AgentId).With(assignment.Scan).With(assignment.Revision).With(assignment.Until).Run();
    }

    public static void DeleteOfAgent(Connection connection, string agentId)
    {
        using var delete = connection.Use("DELETE FROM scan_assignments WHERE agent_id = ?");
        delete.With(agentId).Run();
    }

    public static int DeleteEnded(Connection connection, DateTimeOffset before)
    {
        using var delete = connection.Use("DELETE FROM scan_assignments WHERE until < ?");
        return delete.With(before).Run();
    }
}
