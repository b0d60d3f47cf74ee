using Fleet.Agent.Facts;
using Fleet.Agent.Journal;
using Fleet.Agent.Tasks;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Upgrading;

/// <summary>
/// Gives an upgrade's task its end, in the process that follows: whichever version that is, and however often it was started. The
/// end is in the journal before the verdict is struck out, so that it is told once, and always.
/// </summary>
internal sealed partial class UpgradeRecords(
    InstalledProgram installed, VersionStore shelf, SelectionFile file, TaskJournal journal, TimeProvider time, ILogger<UpgradeRecords> log)
{
    private Selection _selection = Selection.None;

    /// <summary>Tells what is decided; the task of this process's own trial, which is not, stays open and is returned.</summary>
    public async Task<TaskId?> SettleAsync(CancellationToken cancellationToken)
    {
        if (!file.Exists)
            return null;
        try
        {
            // Another process than the one on trial, and still on trial: the launcher could not write.
            _selection = await file.ChangeAsync(
                s => s.Trial is { } trial && !IsThis(trial) ? s.RollBack("it could not be started: its start could not be recorded") : s, cancellationToken);
            await TellAsync(cancellationToken);
            return _selection.Trial?.TaskId;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            LogNotSettled(e.Message);
            return _selection.Trial?.TaskId;
        }
    }

    /// <summary>Confirms this process's trial once it has a link.</summary>
    /// <param name="linked">Done when there is one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether this process may stay; false where it is not, or not any more, what this host is to run.</returns>
    public async Task<bool> ConfirmAsync(Task linked, CancellationToken cancellationToken)
    {
        if (_selection.Trial is not { } trial)
            return true;
        try
        {
            await linked.WaitAsync(cancellationToken);
            _selection = await file.ChangeAsync(
                s => s.Trial?.TaskId != trial.TaskId ? null
                    : AgentVersion.Text == trial.Version ? s.Confirm()
                    : s.RollBack($"it says that it is {AgentVersion.Text}"),
                cancellationToken);
            if (_selection.Current != trial.Id)
            {
                LogTooLate(trial.Version);
                return false;
            }

            LogConfirmed(trial.From, trial.Version);
            await TellAsync(cancellationToken);
            shelf.Prune(_selection, null);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // The guard, for which nothing is confirmed, ends it.
            LogNotSettled(e.Message);
            return true;
        }
    }

    private bool IsThis(Trial trial) => !installed.IsThis && Environment.ProcessPath == shelf.Program(trial.Id);

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        if (_selection.Verdict is not { } verdict)
            return;
        using var scope = TaskScope.Begin(log, verdict.TaskId);
        if (!verdict.IsUpgraded)
            LogRolledBack(verdict.Reason);
        if (journal.Find(verdict.TaskId) is { HasEnded: false } records)
            journal.Append(records, End(verdict));
        _selection = await file.ChangeAsync(s => s.Verdict == verdict ? s.Told() : s, cancellationToken);
        // The version that did not work is of no use to anybody.
        if (!verdict.IsUpgraded)
            shelf.Prune(_selection, null);
    }

    private TaskRecord End(Verdict verdict) => new()
    {
        AtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Ended = new TaskEnded
        {
            State = verdict.IsUpgraded ? TaskState.Succeeded : TaskState.Failed,
            Reason = TaskVerdict.Shorten(verdict.Reason),
            WallUs = WallUs(verdict.TaskId),
        },
    };

    private long WallUs(TaskId task)
    {
        var begun = journal.Unfinished.FirstOrDefault(found => found.Id == task)?.FirstAtMs ?? 0;
        return begun == 0 ? 0 : Math.Max(0, time.GetUtcNow().ToUnixTimeMilliseconds() - begun) * 1000;
    }

    [LoggerMessage(5950, LogLevel.Information, "Upgraded from {From} to {Version}: connected")]
    private partial void LogConfirmed(string from, string version);

    [LoggerMessage(5951, LogLevel.Error, "An upgrade failed: {Reason}")]
    private partial void LogRolledBack(string reason);

    [LoggerMessage(5952, LogLevel.Error, "Version {Version} was rolled back (health timeout) and exits")]
    private partial void LogTooLate(string version);

    [LoggerMessage(5953, LogLevel.Error, "The file of the active version cannot be used: {Reason}")]
    private partial void LogNotSettled(string reason);
}
