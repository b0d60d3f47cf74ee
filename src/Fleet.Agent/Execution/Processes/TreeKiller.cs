using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>Ends every process of a task: asks, waits the grace, then kills until a scan finds nothing.</summary>
internal sealed class TreeKiller(TimeProvider time)
{
    // Bounds for what cannot be killed: about eight seconds of rounds, after which survivors are reported.
    private const int KillRounds = 40;
    private const int FreezeRounds = 16;
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(200);

    /// <param name="trace">How to recognize the task's processes; asked anew before each scan, steps may still start.</param>
    /// <param name="leader">The running step's process, if it is ours to signal as a group.</param>
    /// <param name="grace">How long SIGTERM may take. It ends early when all are gone.</param>
    /// <param name="hurry">Cancelling it ends the grace at once; the kill itself is not given up.</param>
    internal async Task<KillReport> KillAsync(TaskTrace trace, ChildProcess? leader, TimeSpan grace, CancellationToken hurry)
    {
        var seen = new HashSet<ProcessIdentity>();
        if (grace > TimeSpan.Zero && await TerminateAsync(trace, grace, seen, hurry))
            return new KillReport(seen.Count, 0, []);

        var killed = new HashSet<ProcessIdentity>();
        var poll = ShortestPoll;
        for (var round = 0; round < KillRounds; round++)
        {
            // Counted before the first blow, which leaves nothing to count.
            killed.UnionWith(ProcessTree.Find(trace).ConvertAll(member => member.Identity));

            // The whole cgroup, or the process group, in one call, which no fork inside it can escape; the scan finds who left them.
            trace.Cgroup?.Kill();
            leader?.SignalGroup(Signals.Kill);
            var members = Freeze(trace, seen);
            killed.UnionWith(members.ConvertAll(member => member.Identity));
            seen.UnionWith(killed);
            if (members.Count == 0)
                return new KillReport(seen.Count, killed.Count, []);

            foreach (var member in members)
                ProcessSignal.Send(member.Identity, Signals.Kill);

            await Task.Delay(poll, time, CancellationToken.None);
            poll = Min(poll * 2, LongestPoll);
        }

        var survivors = ProcessTree.Find(trace);
        return new KillReport(seen.Count, killed.Count, survivors.ConvertAll(process => process.Pid));
    }

    /// <summary>True when all were gone within the grace.</summary>
    private async Task<bool> TerminateAsync(
        TaskTrace trace, TimeSpan grace, HashSet<ProcessIdentity> seen, CancellationToken hurry)
    {
        var members = ProcessTree.Find(trace);
        foreach (var member in members)
        {
            seen.Add(member.Identity);
            ProcessSignal.Send(member.Identity, Signals.Terminate);

            // A stopped process cannot act on SIGTERM before it goes on.
            ProcessSignal.Send(member.Identity, Signals.Continue);
        }

        var started = time.GetTimestamp();
        var poll = ShortestPoll;
        while (true)
        {
            // A full scan only when all those known have ended: it may find what they started meanwhile.
            if (!members.Exists(member => ProcessTable.IsAlive(member.Identity)))
            {
                members = ProcessTree.Find(trace);
                if (members.Count == 0)
                    return true;
                foreach (var member in members)
                {
                    if (seen.Add(member.Identity))
                        ProcessSignal.Send(member.Identity, Signals.Terminate);
                }
            }

            var left = grace - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || hurry.IsCancellationRequested)
                return false;

            await Task.Delay(Min(poll, left), time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            poll = Min(poll * 2, LongestPoll);
        }
    }

    /// <summary>Stops all members before any is killed, so that none can fork while the others die.</summary>
    private static List<ProcStat> Freeze(TaskTrace trace, HashSet<ProcessIdentity> seen)
    {
        var frozen = new HashSet<ProcessIdentity>();
        for (var round = 0; ; round++)
        {
            var members = ProcessTree.Find(trace);
            var news = members.FindAll(member => frozen.Add(member.Identity));
            if (news.Count == 0 || round == FreezeRounds)
                return members;

            foreach (var member in news)
            {
                seen.Add(member.Identity);
                ProcessSignal.Send(member.Identity, Signals.Stop);
            }
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
