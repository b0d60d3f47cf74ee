namespace Fleet.Agent.Execution;

/// <summary>What happened in a task, once it is over.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="End">Why no more steps follow.</param>
/// <param name="Steps">Those begun, in order.</param>
/// <param name="SkippedSteps">How many of the request were never begun.</param>
public sealed record TaskReport(string TaskId, TaskEnd End, IReadOnlyList<StepReport> Steps, int SkippedSteps)
{
    /// <summary>True where every step ran and exited with 0.</summary>
    public bool IsSuccess => End is TaskEnd.Completed && SkippedSteps == 0 && Steps.All(step => step.Outcome.IsSuccess);
}
