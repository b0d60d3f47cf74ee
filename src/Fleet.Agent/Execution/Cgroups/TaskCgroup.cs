using System.Globalization;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution.Cgroups;

/// <summary>The cgroup of one task: holds all its processes wherever they move to, limits and counts what they use.</summary>
internal sealed class TaskCgroup
{
    // A program that starts others without end stays ahead of us for so long at most.
    private const int MaxRounds = 16;
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LastPoll = TimeSpan.FromMilliseconds(200);

    private readonly TaskCgroups _owner;
    private readonly string _unified;
    private readonly IReadOnlyDictionary<string, string> _legacy;

    internal TaskCgroup(TaskCgroups owner, string unified, IReadOnlyDictionary<string, string> legacy)
    {
        _owner = owner;
        _unified = unified;
        _legacy = legacy;
    }

    /// <summary>Its directories, one in each hierarchy that it is in.</summary>
    internal IReadOnlyList<string> Directories => [.. _legacy.Values, _unified];

    private string Memory => _legacy.GetValueOrDefault("memory", _unified);

    /// <summary>The processes in it now.</summary>
    internal HashSet<int> Processes() => CgroupFiles.Processes(_unified);

    /// <summary>Takes in a process that was just started, and whatever it has started since.</summary>
    /// <remarks>
    /// posix_spawn cannot start a process in another cgroup (glibc can from 2.39 on). It starts in ours, which holds nothing else
    /// but this agent, so that the children it may have had before it was moved are found there.
    /// </remarks>
    internal void Adopt(ProcessIdentity leader, TaskTrace trace)
    {
        Move(leader.Pid);

        // What it starts from now on begins in the task's cgroup; what it started before is found here.
        for (var round = 0; round < MaxRounds; round++)
        {
            var newcomers = _owner.Newcomers();
            var ours = newcomers.Count == 0 ? [] : ProcessTree.Find(trace).FindAll(process => newcomers.Contains(process.Pid));
            if (ours.Count == 0)
                return;
            foreach (var process in ours)
                Move(process.Pid);
        }
    }

    /// <summary>Kills everything in it in one go, so that nothing can escape by forking. Linux 5.14; before that the caller's rounds do it.</summary>
    internal void Kill() => _ = CgroupFiles.Write(_unified, "cgroup.kill", "1");

    /// <summary>What its processes have used so far.</summary>
    internal CgroupUse Use() => new(
        new CpuTime(
            TimeSpan.FromMicroseconds(CgroupFiles.ReadField(_unified, "cpu.stat", "user_usec")),
            TimeSpan.FromMicroseconds(CgroupFiles.ReadField(_unified, "cpu.stat", "system_usec"))),
        _legacy.ContainsKey("memory")
            ? CgroupFiles.ReadNumber(Memory, "memory.max_usage_in_bytes")
            : CgroupFiles.ReadNumber(Memory, "memory.peak"),
        (int)(_legacy.ContainsKey("memory")
            ? CgroupFiles.ReadField(Memory, "memory.oom_control", "oom_kill")
            : CgroupFiles.ReadField(Memory, "memory.events", "oom_kill")),
        (int)CgroupFiles.ReadField(_legacy.GetValueOrDefault("pids", _unified), "pids.events", "max"));

    /// <summary>The task is over: removes the cgroup. Where processes are left in it, it stays until they are gone.</summary>
    internal async Task ReleaseAsync(TimeProvider time)
    {
        // What was just killed is in it until it has been waited for.
        var poll = FirstPoll;
        while (!_owner.Release(Directories) && poll < LastPoll)
        {
            await Task.Delay(poll, time, CancellationToken.None);
            poll *= 2;
        }
    }

    // One that has ended meanwhile, or that may not be moved, is still known by its session, its mark and its environment.
    private void Move(int pid) => _ = CgroupFiles.Write(_unified, "cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));
}
