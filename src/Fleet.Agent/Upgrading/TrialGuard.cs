using System.Globalization;
using Fleet.Agent.Execution.Native;
using Fleet.Protocol.Identifiers;

namespace Fleet.Agent.Upgrading;

/// <summary>
/// Watches a version on trial from outside, as a child of its process: where no link comes in time it rolls back and kills it, and
/// systemd starts the version before. It is of the installed version, so nothing in the new one can keep it from that.
/// </summary>
internal static class TrialGuard
{
    /// <summary>The internal verb; not for users.</summary>
    public const string Verb = "trial-guard";

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    /// <summary>The command line of a guard for a child of this process.</summary>
    public static IEnumerable<string> Words(VersionStore shelf, Trial trial) =>
    [
        Verb, Path.GetDirectoryName(shelf.Directory)!, trial.TaskId.ToString(), Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Ends with the trial, or with the process that is watched.</summary>
    public static async Task<int> RunAsync(string[] words, TimeProvider time)
    {
        if (words is not [var state, var task, var parent] || !TaskId.TryParse(task, out var id)
            || !int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out var process))
        {
            await Console.Error.WriteLineAsync($"fleet-agent: {Verb} is started by the agent itself only.");
            return 2;
        }

        var file = new SelectionFile(new VersionStore(state), time);
        var started = HostMoment.Now(time);
        var trial = Read(file, null);
        while (Libc.ParentProcess() == process && trial is not null && trial.TaskId == id)
        {
            // Whoever wrote no start has just started it.
            if ((trial.Since is null ? trial with { Since = started } : trial).Left(HostMoment.Now(time)) <= TimeSpan.Zero)
                return await EndAsync(file, trial, process);
            await Task.Delay(s_poll, time, CancellationToken.None);
            trial = Read(file, trial);
        }

        return 0;
    }

    /// <summary>The trial as it is now, or as it was where that cannot be read: a disk that fails must not end the watch.</summary>
    private static Trial? Read(SelectionFile file, Trial? before)
    {
        try
        {
            return file.Read().Trial;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return before;
        }
    }

    private static async Task<int> EndAsync(SelectionFile file, Trial trial, int process)
    {
        var isOver = false;
        try
        {
            await file.ChangeAsync(selection => (isOver = selection.Trial?.TaskId == trial.TaskId) ? selection.RollBack(trial.NoLinkInTime) : null, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Not written: the next starts are counted, and the last of them rolls back.
            await Console.Error.WriteLineAsync($"fleet-agent: {e.Message}");
        }

        // Not TERM: whoever obeyed it would end well, and a version that does not work may not obey.
        if (isOver && Libc.ParentProcess() == process)
            _ = Libc.Kill(process, Signals.Kill);
        return 0;
    }
}
