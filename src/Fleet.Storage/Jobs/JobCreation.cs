namespace Fleet.Storage;

/// <summary>How the creation of a job ended.</summary>
public enum JobCreationStatus
{
    /// <summary>The job was stored.</summary>
    Created = 0,

    /// <summary>The same request was stored before; nothing was changed.</summary>
    Existing,

    /// <summary>Another job has this id; choose another.</summary>
    IdTaken,
}

/// <summary>How the creation of a job ended.</summary>
/// <param name="Status">Whether it is new.</param>
/// <param name="Job">The job as stored: the new one, the one of the earlier request, or the one that has the id.</param>
public sealed record JobCreation(JobCreationStatus Status, JobRecord Job);
