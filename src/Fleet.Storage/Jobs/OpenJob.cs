namespace Fleet.Storage;

/// <summary>A job that is not done, with all that is needed to carry on with it after a restart.</summary>
/// <param name="Job">The job.</param>
/// <param name="Payload">Its spec and options.</param>
/// <param name="Tasks">Its tasks that have not ended, by ordinal.</param>
public sealed record OpenJob(JobRecord Job, JobPayload Payload, IReadOnlyList<TaskRecord> Tasks);
