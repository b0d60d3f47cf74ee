using System.Text;

namespace Fleet.Storage.Sqlite;

/// <summary>Pages of jobs, newest first. A cursor names the last job of the page before: its creation time and key.</summary>
internal static class JobListing
{
    public static JobPage Read(Connection connection, JobQuery query)
    {
        var after = query.After is null ? null : JobCursor.Parse(query.After);
        // Each filter that is there adds its own text, so that there are few statements and each uses its index.
        var sql = new StringBuilder($"SELECT {JobRows.Columns} FROM jobs WHERE purge < 2");
        if (query.State is not null)
            sql.Append(" AND state = ?");
        if (query.OperatorId is not null)
            sql.Append(" AND operator_id = ?");
        if (query.Since is not null)
            sql.Append(" AND created_at >= ?");
        if (after is not null)
            sql.Append(" AND (created_at, key) < (?, ?)");
        sql.Append(" ORDER BY created_at DESC, key DESC LIMIT ?");

        using var rows = connection.Use(sql.ToString());
        if (query.State is { } state)
            rows.With((int)state);
        if (query.OperatorId is { } operatorId)
            rows.With(operatorId);
        if (query.Since is { } since)
            rows.With(since);
        if (after is { } last)
            rows.With(last.CreatedAt).With(last.Key);
        rows.With(query.Limit + 1L);

        var jobs = new List<(long Key, JobRecord Job)>();
        while (rows.Next())
            jobs.Add(JobRows.Read(rows));
        if (jobs.Count <= query.Limit)
            return new JobPage([.. jobs.Select(row => row.Job)], null);
        jobs.RemoveAt(query.Limit);
        var (key, job) = jobs[^1];
        return new JobPage([.. jobs.Select(row => row.Job)], new JobCursor(job.CreatedAt.ToUnixTimeMilliseconds(), key).ToString());
    }
}
