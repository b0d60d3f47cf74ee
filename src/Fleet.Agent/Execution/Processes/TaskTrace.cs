using Fleet.Agent.Execution.Cgroups;

namespace Fleet.Agent.Execution.Processes;

/// <summary>All by which the processes of one task can be told from others.</summary>
/// <param name="TaskId">Found in their environment as <c>FLEET_TASK_ID</c>.</param>
/// <param name="Leaders">The process of each step that was started; each led a session of its own.</param>
/// <param name="Mark">Their timer slack in nanoseconds, see <see cref="TimerSlackMark"/>; null where it is not known.</param>
/// <param name="Cgroup">The cgroup it was put into; null where tasks have none, or it went with an earlier agent.</param>
internal sealed record TaskTrace(string TaskId, IReadOnlyList<ProcessIdentity> Leaders, int? Mark, TaskCgroup? Cgroup = null)
{
    /// <summary>Nothing older than the first leader belongs to the task.</summary>
    internal long NotBeforeTicks => Leaders.Count == 0 ? 0 : Leaders.Min(leader => leader.StartTicks);
}
