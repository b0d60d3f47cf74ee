using System.Text;

namespace Fleet.Agent.Execution.Processes;

/// <summary>Finds the living processes of a task, wherever they have moved to.</summary>
internal static class ProcessTree
{
    private const int KernelThreads = 2;

    /// <summary>Scans the host once. Zombies are left out; so are this process, its parents and init.</summary>
    internal static List<ProcStat> Find(TaskTrace trace)
    {
        var all = ProcessTable.Read();
        var byPid = all.ToDictionary(process => process.Pid);
        var spared = SelfAndAncestors(byPid);
        var candidates = all
            .Where(process => process.IsAlive
                && process.StartTicks >= trace.NotBeforeTicks
                && process.ParentPid != KernelThreads
                && !spared.Contains(process.Pid))
            .ToList();

        var evidence = new Evidence(trace, byPid);
        var found = candidates.Where(evidence.Proves).ToDictionary(process => process.Pid);

        // Descendants by parent: a child is never older than its parent, else the number was reused in between.
        for (var grown = true; grown;)
        {
            grown = false;
            foreach (var process in candidates)
            {
                if (found.TryGetValue(process.ParentPid, out var parent)
                    && process.StartTicks >= parent.StartTicks
                    && found.TryAdd(process.Pid, process))
                    grown = true;
            }
        }

        return [.. found.Values];
    }

    private static HashSet<int> SelfAndAncestors(Dictionary<int, ProcStat> byPid)
    {
        var spared = new HashSet<int> { 0, 1, KernelThreads };
        for (var pid = Environment.ProcessId; spared.Add(pid) && byPid.TryGetValue(pid, out var process);)
            pid = process.ParentPid;
        return spared;
    }

    /// <summary>What ties a single process to the task.</summary>
    private sealed class Evidence(TaskTrace trace, Dictionary<int, ProcStat> byPid)
    {
        private readonly byte[] _taskEntry = Encoding.UTF8.GetBytes($"{TaskEnvironment.TaskIdName}={trace.TaskId}");

        internal bool Proves(ProcStat process)
        {
            var leader = trace.Leaders.FirstOrDefault(leader => leader.Pid == process.Session);
            if (leader.Pid != 0 && process.StartTicks < leader.StartTicks)
                leader = default;

            // A session keeps its number while its leader lives, so membership is proof then.
            if (leader.Pid != 0 && byPid.TryGetValue(leader.Pid, out var living))
            {
                if (living.StartTicks == leader.StartTicks)
                    return true;
                leader = default;
            }

            if (ProcessTable.EnvironmentHolds(process.Pid, _taskEntry))
                return true;

            // The leader is gone and its number may have led another session since: then the mark decides, where it can be read.
            var slack = trace.Mark is null ? null : ProcessTable.TimerSlack(process.Pid);
            return slack is null ? leader.Pid != 0 : slack == trace.Mark;
        }
    }
}
