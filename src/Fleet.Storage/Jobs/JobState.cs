namespace Fleet.Storage;

/// <summary>Whether a job still has something to do. The numbers are stored: never renumber.</summary>
public enum JobState
{
    /// <summary>Some task has not ended.</summary>
    Running = 0,

    /// <summary>Every task has ended.</summary>
    Done = 1,
}
