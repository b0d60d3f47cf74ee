using System.Globalization;
using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution.Cgroups;

/// <summary>The cgroup of one task: holds all its processes wherever they move to, limits and counts what they use.</summary>
internal sealed class TaskCgroup
{
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

    private string Memory => _legacy.GetValueOrDefault("memory", _unified);

    /// <summary>The processes in it now.</summary>
    internal HashSet<int> Processes() => CgroupFiles.Processes(_unified);

    /// <summary>Takes in a process that was just started, and whatever it has started since.</summary>
    /// <returns>Zero, or the error number. A process that has ended already is no error.</returns>
    /// <remarks>
    /// posix_spawn cannot start a process in another cgroup (glibc can from 2.39 on). It starts in ours, which holds nothing else
    /// but this agent, so that the children it may have had before it was moved are found there.
    /// </remarks>
    internal int Adopt(ProcessIdentity leader, TaskTrace trace)
    {
        var error = Move(leader.Pid);
        if (error != 0 || !_owner.HasNewcomers())
            return error;

        // A child is always younger than the move of its parent, or it is found here: two rounds mostly, a fork bomb takes more.
        for (var found = true; found && error == 0;)
        {
            found = false;
            var newcomers = _owner.Newcomers();
            foreach (var process in ProcessTree.Find(trace).Where(process => newcomers.Contains(process.Pid)))
            {
                found = true;
                error = Move(process.Pid);
            }
        }

        return error;
    }

    /// <summary>Kills everything in it in one go, so that nothing can escape by forking. Linux 5.14; before that the caller's rounds do it.</summary>
    internal void Kill() => _ = CgroupFiles.Write(_unified, "cgroup.kill", "1");

    /// <summary>What its processes have used so far.</summary>
    internal CgroupUse Use() => new(
        TimeSpan.FromMicroseconds(CgroupFiles.ReadField(_unified, "cpu.stat", "usage_usec")),
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
        while (!_owner.Release([_unified, .. _legacy.Values]) && poll < LastPoll)
        {
            await Task.Delay(poll, time, CancellationToken.None);
            poll *= 2;
        }
    }

    /// <summary>Controllers first: what it starts meanwhile is limited, and found by where it is in the unified hierarchy.</summary>
    private int Move(int pid)
    {
        var number = pid.ToString(CultureInfo.InvariantCulture);
        foreach (var directory in _legacy.Values.Append(_unified))
        {
            var error = CgroupFiles.Write(directory, "cgroup.procs", number);
            if (error is not 0 and not Errno.NoProcess)
                return error;
        }

        return 0;
    }
}
