namespace Fleet.Controller.Dispatch;

/// <summary>A task that an agent says it has.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="LastSeq">The last record of its journal.</param>
/// <param name="IsRunning">Whether it still runs there.</param>
internal readonly record struct HeldTaskReport(string TaskId, long LastSeq, bool IsRunning);
