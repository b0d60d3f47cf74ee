namespace Fleet.Storage.LiteDb;

/// <inheritdoc/>
internal sealed class LiteDbJobStore(LiteDbWriter writer, LiteDbReaders readers) : IJobStore
{
    public Task<JobCreation> CreateAsync(NewJob job, CancellationToken cancellationToken)
    {
        var bytes = StoreArguments.Job(job);
        return writer.ExecuteAsync(database => Create(database, job), cancellationToken, bytes);
    }

    public Task<JobRecord?> GetAsync(string jobId, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => JobDocuments.Find(database, jobId), cancellationToken);

    public Task<JobRecord?> FindByRequestAsync(string operatorId, string requestId, CancellationToken cancellationToken) =>
        readers.ReadAsync(database => JobDocuments.FindByRequest(database, operatorId, requestId), cancellationToken);

    public Task<JobPayload?> GetPayloadAsync(string jobId, CancellationToken cancellationToken) => readers.ReadAsync(
        database => JobDocuments.FindKey(database, jobId) is { } key ? JobDocuments.FindPayload(database, key) : null, cancellationToken);

    public Task<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken)
    {
        JobCursor.Check(query);
        return readers.ReadAsync(database => JobPages.Read(database, query), cancellationToken);
    }

    public Task<IReadOnlyList<TaskRecord>> ListTasksAsync(string jobId, TaskQuery query, CancellationToken cancellationToken)
    {
        StoreArguments.Tasks(query);
        return readers.ReadAsync(
            database => JobDocuments.FindKey(database, jobId) is { } key ? TaskDocuments.List(database, key, jobId, query) : [],
            cancellationToken);
    }

    public Task<TaskRecord?> GetTaskAsync(string jobId, int ordinal, CancellationToken cancellationToken) => readers.ReadAsync(
        database => JobDocuments.FindKey(database, jobId) is { } key ? TaskDocuments.Find(database, key, jobId, ordinal) : null,
        cancellationToken);

    public Task<IReadOnlyList<OpenJob>> ListOpenAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(ListOpen, [Collections.Jobs, Collections.Payloads, Collections.Tasks], cancellationToken);

    public Task<IReadOnlyList<TaskRecord>> ListOpenTasksOfAgentAsync(string agentId, CancellationToken cancellationToken) => readers.ReadAsync(
        database => TaskDocuments.ListOpenOfAgent(database, agentId),
        [Collections.OpenTasks, Collections.Jobs, Collections.Tasks],
        cancellationToken);

    public Task<CancelRequest> RequestCancelAsync(
        string jobId, string requestedBy, DateTimeOffset at, CancellationToken cancellationToken) =>
        writer.ExecuteAsync(database => RequestCancel(database, jobId, requestedBy, at), cancellationToken);

    private static JobCreation Create(Database database, NewJob job)
    {
        if (JobDocuments.FindByRequest(database, job.OperatorId, job.RequestId) is { } known)
            return new JobCreation(JobCreationStatus.Existing, known);
        if (JobDocuments.Find(database, job.Id) is { } other)
            return new JobCreation(JobCreationStatus.IdTaken, other);
        if (!JobDocuments.IsFree(database, job.Id))
            throw new ArgumentException($"the job id {job.Id} was one that is being deleted: choose another", nameof(job));
        var key = JobDocuments.Insert(database, job);
        TaskDocuments.Insert(database, key, job.Tasks);
        return new JobCreation(JobCreationStatus.Created, JobDocuments.Find(database, job.Id)!);
    }

    private static IReadOnlyList<OpenJob> ListOpen(Database database)
    {
        var jobs = JobDocuments.ListOpen(database).ToList();
        return
        [
            .. jobs.Select(document =>
            {
                var (key, job) = (document["_id"].AsInt64, JobDocuments.Read(document));
                return new OpenJob(job, JobDocuments.FindPayload(database, key)!, TaskDocuments.ListOpen(database, key, job.Id));
            }),
        ];
    }

    private static CancelRequest RequestCancel(Database database, string jobId, string requestedBy, DateTimeOffset at)
    {
        if (JobDocuments.FindDocument(database, jobId) is not { } job)
            return new CancelRequest(CancelRequestStatus.UnknownJob, null);
        var status = JobDocuments.Read(job) switch
        {
            { State: JobState.Done } => CancelRequestStatus.AlreadyDone,
            { CancelRequestedAt: not null } => CancelRequestStatus.AlreadyRequested,
            _ => CancelRequestStatus.Recorded,
        };
        if (status == CancelRequestStatus.Recorded)
        {
            job["cancel"] = Field.Of(at);
            job["canceler"] = Field.Of(requestedBy);
            JobDocuments.Update(database, job);
        }

        return new CancelRequest(status, JobDocuments.Read(job));
    }
}
