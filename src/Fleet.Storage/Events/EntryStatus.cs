namespace Fleet.Storage;

/// <summary>What became of an entry.</summary>
public enum EntryStatus
{
    /// <summary>Stored.</summary>
    Applied = 0,

    /// <summary>Stored before (its agent sequence number says so); dropped. The agent may forget it.</summary>
    Repeat,

    /// <summary>Refused: entries before it are missing.</summary>
    Gap,

    /// <summary>Refused: the task has ended and never changes again. The agent may forget it.</summary>
    AlreadyEnded,

    /// <summary>Refused: a task may not move that way.</summary>
    IllegalMove,

    /// <summary>Refused: there is no such task (any more). The agent may forget it.</summary>
    UnknownTask,
}
