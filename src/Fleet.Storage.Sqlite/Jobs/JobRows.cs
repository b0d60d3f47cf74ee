namespace Fleet.Storage.Sqlite;

/// <summary>Rows of the tables <c>jobs</c> and <c>job_payloads</c>. Jobs being deleted are not seen.</summary>
internal static class JobRows
{
    public const string Columns =
        """
        key, id, created_at, operator_id, operator_name, target, summary, spec_digest, retry_of, state, deadline,
            cancel_requested_at, cancel_requested_by, finished_at,
            pending, dispatched, running, succeeded, failed, timed_out, cancelled, rejected, expired, interrupted, skipped,
            output_bytes, output_dropped_at
        """;

    private const string Select = $"SELECT {Columns} FROM jobs";

    /// <summary>The job's key in the tables; null if there is no such job.</summary>
    public static long? FindKey(Connection connection, string id)
    {
        using var row = connection.Use("SELECT key FROM jobs WHERE id = ? AND purge < 2").With(id);
        return row.Next() ? row.Long() : null;
    }

    public static JobRecord? Find(Connection connection, string id)
    {
        using var row = connection.Use($"{Select} WHERE id = ? AND purge < 2").With(id);
        return row.Next() ? Read(row).Job : null;
    }

    public static JobRecord? FindByRequest(Connection connection, string operatorId, string requestId)
    {
        using var row = connection.Use($"{Select} WHERE operator_id = ? AND request_id = ?").With(operatorId).With(requestId);
        return row.Next() ? Read(row).Job : null;
    }

    public static IReadOnlyList<(long Key, JobRecord Job)> ListOpen(Connection connection)
    {
        using var rows = connection.Use($"{Select} WHERE state = 0 ORDER BY key");
        var jobs = new List<(long, JobRecord)>();
        while (rows.Next())
            jobs.Add(Read(rows));
        return jobs;
    }

    public static JobPayload? FindPayload(Connection connection, long key)
    {
        using var row = connection.Use("SELECT spec, options FROM job_payloads WHERE job_key = ?").With(key);
        return row.Next() ? new JobPayload(row.Bytes(), row.Bytes()) : null;
    }

    public static long Insert(Connection connection, NewJob job)
    {
        using (var insert = connection.Use(
            """
            INSERT INTO jobs
                (id, request_id, created_at, operator_id, operator_name, target, summary, spec_digest, retry_of, state, deadline, pending)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
            """))
        {
            insert
                .With(job.Id).With(job.RequestId).With(job.CreatedAt).With(job.OperatorId).With(job.OperatorName)
                .With(job.Target).With(job.Summary).With(job.SpecDigest).With(job.RetryOf).With(job.Deadline).With(job.Tasks.Count)
                .Run();
        }

        var key = connection.LastKey;
        using var payload = connection.Use("INSERT INTO job_payloads (job_key, spec, options) VALUES (?, ?, ?)");
        payload.With(key).With(job.SpecBytes).With(job.OptionsBytes).Run();
        return key;
    }

    public static void SetCancelRequested(Connection connection, string id, string by, DateTimeOffset at)
    {
        using var update = connection.Use("UPDATE jobs SET cancel_requested_at = ?, cancel_requested_by = ? WHERE id = ?");
        update.With(at).With(by).With(id).Run();
    }

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static (long Key, JobRecord Job) Read(Statement row) => (row.Long(), new JobRecord
    {
        Id = row.Text(),
        CreatedAt = row.Time(),
        OperatorId = row.Text(),
        OperatorName = row.Text(),
        Target = row.Text(),
        Summary = row.Text(),
        SpecDigest = row.Bytes(),
        RetryOf = row.TextOrNull(),
        State = (JobState)row.Int(),
        Deadline = row.TimeOrNull(),
        CancelRequestedAt = row.TimeOrNull(),
        CancelRequestedBy = row.TextOrNull(),
        FinishedAt = row.TimeOrNull(),
        Counts = new TaskCounts(
            Pending: row.Int(),
            Dispatched: row.Int(),
            Running: row.Int(),
            Succeeded: row.Int(),
            Failed: row.Int(),
            TimedOut: row.Int(),
            Cancelled: row.Int(),
            Rejected: row.Int(),
            Expired: row.Int(),
            Interrupted: row.Int(),
            Skipped: row.Int()),
        OutputBytes = row.Long(),
        OutputDroppedAt = row.TimeOrNull(),
    });
}
