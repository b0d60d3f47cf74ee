namespace Fleet.Storage;

/// <summary>What became of an entry.</summary>
/// <param name="Status">Stored, dropped or refused.</param>
/// <param name="Seq">Position of its event in the log; 0 if none was stored.</param>
/// <param name="State">The task's state afterwards.</param>
/// <param name="LastAgentSeq">The agent's last sequence number stored for the task: acknowledge up to here.</param>
public readonly record struct EntryOutcome(EntryStatus Status, long Seq, TaskState State, long LastAgentSeq);
