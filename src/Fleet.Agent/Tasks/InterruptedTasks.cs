using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Processes;
using Fleet.Agent.Journal;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tasks;

/// <summary>Ends what an earlier agent process left in the middle: first what still runs of it, then its journal.</summary>
internal sealed partial class InterruptedTasks(TaskJournal journal, TimeProvider time, ILogger<InterruptedTasks> log)
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    /// <summary>Goes through all of them, side by side; each gets its end whatever happens to the others.</summary>
    /// <param name="besides">One that goes on in this process.</param>
    /// <param name="cancellationToken">Ends the hunt for their processes.</param>
    public Task EndAllAsync(TaskId? besides, CancellationToken cancellationToken) =>
        Task.WhenAll(journal.Unfinished.Where(task => task.Id != besides && journal.Find(task.Id) is { HasEnded: false }).Select(task => EndAsync(task, cancellationToken)));

    private async Task EndAsync(RecoveredLog task, CancellationToken cancellationToken)
    {
        using var scope = TaskScope.Begin(log, task.Id);
        var leaders = new List<ProcessIdentity>();
        foreach (var leader in task.Leaders)
            leaders.Add(new ProcessIdentity(leader.ProcessId, leader.StartTicks));
        int? mark = task.Header.Mark == 0 ? null : task.Header.Mark;
        string reason;
        try
        {
            var trace = new LeftoverTrace(task.Id.ToString(), leaders, mark, task.Header.BootId);
            var killed = await new StrayHunter(time).KillLeftoversAsync(trace, s_grace, cancellationToken);
            reason = Reason(task, killed);
        }
        catch (Exception e)
        {
            LogHuntFailed(e.Message);
            reason = $"the agent was restarted while the task ran; what it left running could not be looked for: {e.Message}";
        }

        if (journal.Find(task.Id) is not { HasEnded: false } records)
            return;
        journal.Keep(records, new TaskRecord
        {
            AtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Ended = new TaskEnded
            {
                State = TaskState.Interrupted,
                Reason = TaskVerdict.Shorten(reason),
                WallUs = Math.Max(0, task.LastAtMs - task.FirstAtMs) * 1000,
            },
        });
        LogInterrupted(reason);
    }

    private string Reason(RecoveredLog task, KillReport killed)
    {
        if (task.Header.BootId != journal.BootId)
            return "the host was restarted while the task ran";
        var found = killed.Found == 0 ? "" : $"; {killed.Found} of its processes still ran and were ended";
        var survivors = killed.Survivors.Count == 0 ? "" : $"; processes that could not be ended: {string.Join(", ", killed.Survivors)}";
        return "the agent was restarted while the task ran" + found + survivors;
    }

    [LoggerMessage(5340, LogLevel.Warning, "A task was interrupted: {Reason}")]
    private partial void LogInterrupted(string reason);

    [LoggerMessage(5341, LogLevel.Error, "Failed to look for processes of an interrupted task: {Reason}")]
    private partial void LogHuntFailed(string reason);

    // 5342 is retired.
}
