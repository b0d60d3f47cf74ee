using System.Collections.Concurrent;

namespace Fleet.Controller.Dispatch;

/// <summary>The jobs that are not done. The dispatch loop alone adds and removes; anybody may look.</summary>
internal sealed class OpenJobs
{
    private readonly ConcurrentDictionary<string, RunningJob> _jobs = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _jobs.Count;

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<RunningJob> All => _jobs.Select(static pair => pair.Value);

    /// <summary>The agent that a task of an open job was made for; null where no such task is open.</summary>
    public string? AgentOf(string jobId, int ordinal) =>
        _jobs.TryGetValue(jobId, out var job) ? job.Find(ordinal)?.Agent.AgentId : null;

    /// <summary>How many steps a task of an open job has; 0 where the job is not open.</summary>
    public int StepsOf(string jobId) => _jobs.TryGetValue(jobId, out var job) ? job.Plan.Steps : 0;

    /// <summary>The job; null where it is not open.</summary>
    public RunningJob? Find(string jobId) => _jobs.GetValueOrDefault(jobId);

    /// <summary>Publishes a job.</summary>
    public void Add(RunningJob job) => _jobs[job.Plan.JobId] = job;

    /// <summary>A job is done.</summary>
    public void Remove(string jobId) => _jobs.TryRemove(jobId, out _);
}
