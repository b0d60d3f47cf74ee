namespace Fleet.Agent.Execution.Processes;

/// <summary>Finds the living processes of a task, wherever they have moved to.</summary>
internal static class ProcessTree
{
    private const int KernelThreads = 2;

    /// <summary>Scans the host once. Zombies are left out; so are this process, its parents and init.</summary>
    internal static List<ProcStat> Find(TaskTrace trace)
    {
        var all = ProcessTable.Read();
        var byPid = ByPid(all);
        var ancestors = SelfAndAncestors(byPid);
        var candidates = all.FindAll(process => process.IsAlive
            && process.StartTicks >= trace.NotBeforeTicks
            && process.ParentPid != KernelThreads
            && !ancestors.Contains(process.Pid));

        var evidence = new Evidence(trace, byPid, ancestors);
        var found = ByPid(candidates.FindAll(evidence.Proves));

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

    private static Dictionary<int, ProcStat> ByPid(List<ProcStat> processes)
    {
        var byPid = new Dictionary<int, ProcStat>(processes.Count);
        foreach (var process in processes)
            byPid[process.Pid] = process;
        return byPid;
    }

    private static HashSet<int> SelfAndAncestors(Dictionary<int, ProcStat> byPid)
    {
        var ancestors = new HashSet<int> { 0, 1, KernelThreads };
        for (var pid = Environment.ProcessId; ancestors.Add(pid) && byPid.TryGetValue(pid, out var process);)
            pid = process.ParentPid;
        return ancestors;
    }

    /// <summary>What ties a single process to the task.</summary>
    private sealed class Evidence(TaskTrace trace, Dictionary<int, ProcStat> byPid, HashSet<int> ancestors)
    {
        private readonly HashSet<int> _inCgroup = trace.Cgroup?.Processes() ?? [];

        internal bool Proves(ProcStat process)
        {
            // 0. Only the task's processes are in its cgroup. Not all are: pam_systemd(8), for one, moves sessions elsewhere.
            if (_inCgroup.Contains(process.Pid))
                return true;

            // 1. A session keeps its number while its leader lives, so membership is proof then.
            var leader = LeaderOf(process);
            if (leader.Pid != 0 && byPid.TryGetValue(leader.Pid, out var living))
            {
                if (living.StartTicks == leader.StartTicks)
                    return true;
                leader = default;
            }

            // 2. What the environment says is said, for us or for another task.
            if (ProcessTable.Variable(process.Pid, TaskEnvironment.TaskIdName) is { } task)
                return task == trace.TaskId;

            // 3. The mark, but on orphans only, which come to us, or after our death to whoever is above us: another agent on this
            //    host may have given out the same one. Their descendants are found through them.
            var slack = trace.Mark is null ? null : ProcessTable.TimerSlack(process.Pid);
            if (slack is not null)
                return slack == trace.Mark && ancestors.Contains(process.ParentPid);

            // 4. The leader is gone and its number may, rarely, have led another session since; no better evidence can be had.
            return leader.Pid != 0;
        }

        private ProcessIdentity LeaderOf(ProcStat process)
        {
            foreach (var leader in trace.Leaders)
            {
                if (leader.Pid == process.Session)
                    return process.StartTicks >= leader.StartTicks ? leader : default;
            }

            return default;
        }
    }
}
