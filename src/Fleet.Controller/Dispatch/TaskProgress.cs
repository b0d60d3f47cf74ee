using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>How far the stored log of a task is.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Ordinal">The task.</param>
/// <param name="State">Its state now.</param>
/// <param name="LastSeq">The agent's last record stored.</param>
internal readonly record struct TaskProgress(string JobId, int Ordinal, TaskState State, long LastSeq);
