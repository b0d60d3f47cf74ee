namespace Fleet.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteJobStore(Writer writer, ReaderPool readers) : IJobStore
{
    public Task<JobCreation> CreateAsync(NewJob job, CancellationToken cancellationToken)
    {
        var bytes = StoreArguments.Job(job);
        return writer.ExecuteAsync(connection => Create(connection, job), cancellationToken, bytes);
    }

    public Task<JobRecord?> GetAsync(string jobId, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => JobRows.Find(connection, jobId), cancellationToken);

    public Task<JobRecord?> FindByRequestAsync(string operatorId, string requestId, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => JobRows.FindByRequest(connection, operatorId, requestId), cancellationToken);

    public Task<JobPayload?> GetPayloadAsync(string jobId, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            connection => JobRows.FindKey(connection, jobId) is { } key ? JobRows.FindPayload(connection, key) : null,
            cancellationToken);

    public Task<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken)
    {
        JobCursor.Check(query);
        return readers.ReadAsync(connection => JobListing.Read(connection, query), cancellationToken);
    }

    public Task<IReadOnlyList<TaskRecord>> ListTasksAsync(string jobId, TaskQuery query, CancellationToken cancellationToken)
    {
        StoreArguments.Tasks(query);
        return readers.ReadAsync(
            connection => JobRows.FindKey(connection, jobId) is { } key ? TaskRows.List(connection, key, jobId, query) : [],
            cancellationToken);
    }

    public Task<TaskRecord?> GetTaskAsync(string jobId, int ordinal, CancellationToken cancellationToken) =>
        readers.ReadAsync(
            connection => JobRows.FindKey(connection, jobId) is { } key ? TaskRows.Find(connection, key, jobId, ordinal) : null,
            cancellationToken);

    public Task<IReadOnlyList<OpenJob>> ListOpenAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(ListOpen, cancellationToken);

    public Task<IReadOnlyList<TaskRecord>> ListOpenTasksOfAgentAsync(string agentId, CancellationToken cancellationToken) =>
        readers.ReadAsync(connection => TaskRows.ListOpenOfAgent(connection, agentId), cancellationToken);

    public Task<CancelRequest> RequestCancelAsync(
        string jobId, string requestedBy, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(connection => RequestCancel(connection, jobId, requestedBy, at), cancellationToken);

    private static JobCreation Create(Connection connection, NewJob job)
    {
        if (JobRows.FindByRequest(connection, job.OperatorId, job.RequestId) is { } known)
            return new JobCreation(JobCreationStatus.Existing, known);
        if (JobRows.Find(connection, job.Id) is { } other)
            return new JobCreation(JobCreationStatus.IdTaken, other);
        var key = JobRows.Insert(connection, job);
        TaskRows.Insert(connection, key, job.Tasks);
        return new JobCreation(JobCreationStatus.Created, JobRows.Find(connection, job.Id)!);
    }

    private static IReadOnlyList<OpenJob> ListOpen(Connection connection) =>
    [
        .. JobRows.ListOpen(connection).Select(row => new OpenJob(
            row.Job, JobRows.FindPayload(connection, row.Key)!, TaskRows.ListOpen(connection, row.Key, row.Job.Id))),
    ];

    private static CancelRequest RequestCancel(Connection connection, string jobId, string requestedBy, DateTimeOffset at)
    {
        var status = JobRows.Find(connection, jobId) switch
        {
            null => CancelRequestStatus.UnknownJob,
            { State: JobState.Done } => CancelRequestStatus.AlreadyDone,
            { CancelRequestedAt: not null } => CancelRequestStatus.AlreadyRequested,
            _ => CancelRequestStatus.Recorded,
        };
        if (status == CancelRequestStatus.Recorded)
            JobRows.SetCancelRequested(connection, jobId, requestedBy, at);
        return new CancelRequest(status, JobRows.Find(connection, jobId));
    }
}
