namespace Fleet.Storage;

/// <summary>Jobs and their tasks. Tasks move only through <see cref="ITaskEventStore"/>.</summary>
public interface IJobStore
{
    /// <summary>Stores a job and its tasks, all pending, in one transaction; harmless when repeated with the same request id.</summary>
    /// <exception cref="ArgumentException">The job has no tasks.</exception>
    Task<JobCreation> CreateAsync(NewJob job, CancellationToken cancellationToken);

    /// <summary>The job with this id; null if there is none.</summary>
    Task<JobRecord?> GetAsync(string jobId, CancellationToken cancellationToken);

    /// <summary>The job that a request of an operator made; null if there is none.</summary>
    Task<JobRecord?> FindByRequestAsync(string operatorId, string requestId, CancellationToken cancellationToken);

    /// <summary>The job's spec and options; null if there is no such job.</summary>
    Task<JobPayload?> GetPayloadAsync(string jobId, CancellationToken cancellationToken);

    /// <summary>A page of jobs, newest first.</summary>
    /// <exception cref="ArgumentException">The cursor is not one of this store's, or the limit is out of range.</exception>
    Task<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken);

    /// <summary>Tasks of a job, by ordinal; empty if there is no such job.</summary>
    Task<IReadOnlyList<TaskRecord>> ListTasksAsync(string jobId, TaskQuery query, CancellationToken cancellationToken);

    /// <summary>One task; null if there is none.</summary>
    Task<TaskRecord?> GetTaskAsync(string jobId, int ordinal, CancellationToken cancellationToken);

    /// <summary>All jobs that are not done, oldest first, each with its tasks that have not ended.</summary>
    Task<IReadOnlyList<OpenJob>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>Tasks of an agent that have not ended, oldest job first.</summary>
    Task<IReadOnlyList<TaskRecord>> ListOpenTasksOfAgentAsync(string agentId, CancellationToken cancellationToken);

    /// <summary>Records that somebody wants the job cancelled; ending its tasks is the controller's business.</summary>
    Task<CancelRequest> RequestCancelAsync(string jobId, string requestedBy, DateTimeOffset at, CancellationToken cancellationToken);
}
