namespace Fleet.Controller.Dispatch;

/// <summary>What a new link is told of the tasks that its agent has.</summary>
/// <param name="ResumeFrom">Open tasks, each with the last record stored.</param>
/// <param name="NotOpen">Tasks that are not open: ended, or never heard of. The store knows which.</param>
internal sealed record Reconciliation(IReadOnlyList<(string TaskId, long Seq)> ResumeFrom, IReadOnlyList<HeldTaskReport> NotOpen)
{
    /// <summary>For an agent that has no tasks.</summary>
    public static Reconciliation Nothing { get; } = new([], []);
}
