namespace Fleet.Storage;

/// <summary>What becomes of an entry, given where its task is; the same answer from every provider.</summary>
internal static class EntryCheck
{
    /// <summary>Refuses entries that no caller may make.</summary>
    /// <exception cref="ArgumentException">The entry contradicts itself.</exception>
    public static void Check(TaskEntry entry)
    {
        if (entry.Ordinal < 0)
            throw new ArgumentException($"a task's ordinal is 1 or more, not {entry.Ordinal}");
        if (entry.Ordinal == 0 && (entry.Move is not null || entry.AgentSeq is not null || entry.Kind is null))
            throw new ArgumentException("an entry on the job itself is an event without a number and without a move");
        if (entry.AgentSeq < 1)
            throw new ArgumentException($"an agent numbers its records from 1, not {entry.AgentSeq}");
        if (entry is { Kind: null, Move: null, AgentSeq: null })
            throw new ArgumentException("an entry is an event, a move or an agent's record");
        if (entry.Kind is null && entry.Data.Length > 0)
            throw new ArgumentException("data needs an event to belong to");
    }

    /// <summary>Judges an entry. The order of the questions matters: a repeat after the end is still a repeat.</summary>
    public static EntryStatus Judge(TaskEntry entry, TaskState state, long lastAgentSeq)
    {
        if (entry.AgentSeq <= lastAgentSeq)
            return EntryStatus.Repeat;
        // A remark of the controller's (a result that came too late, say) changes nothing of the task.
        if (TaskMoves.IsEnd(state) && (entry.Move is not null || entry.AgentSeq is not null))
            return EntryStatus.AlreadyEnded;
        if (entry.AgentSeq > lastAgentSeq + 1)
            return EntryStatus.Gap;
        if (entry.Move is not null && !TaskMoves.IsLegal(state, entry.Move.To))
            return EntryStatus.IllegalMove;
        return EntryStatus.Applied;
    }
}
