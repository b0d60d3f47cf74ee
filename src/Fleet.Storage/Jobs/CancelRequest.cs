namespace Fleet.Storage;

/// <summary>How a request to cancel a job ended.</summary>
public enum CancelRequestStatus
{
    /// <summary>Recorded; the tasks have yet to end.</summary>
    Recorded = 0,

    /// <summary>Somebody asked before; the first request stands.</summary>
    AlreadyRequested,

    /// <summary>The job is done.</summary>
    AlreadyDone,

    /// <summary>There is no such job.</summary>
    UnknownJob,
}

/// <summary>How a request to cancel a job ended.</summary>
/// <param name="Status">Whether it was recorded.</param>
/// <param name="Job">The job as it is then; null if there is none.</param>
public sealed record CancelRequest(CancelRequestStatus Status, JobRecord? Job);
