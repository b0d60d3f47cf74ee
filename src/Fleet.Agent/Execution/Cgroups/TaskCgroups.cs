using System.Globalization;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Cgroups;

/// <summary>Divides what systemd has delegated to this agent: one cgroup for the agent itself, one for each task.</summary>
/// <remarks>
/// <code>
/// fleet-agent.service        delegated; holds no process of its own, as version 2 demands of what has controllers below it
///   agent                    this process, and for a moment what it has just started
///   task-j-...               a task
/// </code>
/// </remarks>
internal sealed class TaskCgroups
{
    private const string AgentName = "agent";
    private const string TaskPrefix = "task-";
    // The first from systemd 251 on; the second, which only root can read, before.
    private static readonly string[] DelegationMarks = ["user.delegate", "trusted.delegate"];

    private const int DefaultWeight = 100;
    private const int DefaultShares = 1024;

    private readonly CgroupLayout _layout;
    private readonly string _agent;
    private readonly HashSet<string> _controllers;

    // Those of ended tasks that left processes behind.
    private readonly Lock _gate = new();
    private readonly HashSet<string> _lingering = [];

    private TaskCgroups(CgroupLayout layout)
    {
        _layout = layout;
        _agent = Path.Combine(layout.Unified, AgentName);
        _controllers = [.. layout.Legacy.Keys, .. CgroupFiles.Read(layout.Unified, "cgroup.subtree_control").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>The controllers that tasks can be limited by, for people.</summary>
    internal string Controllers => string.Join(", ", _controllers.Order(StringComparer.Ordinal));

    /// <summary>Takes possession; null where nothing was delegated, or the reason why that did not go well.</summary>
    internal static TaskCgroups? TryOpen(out string? obstacle)
    {
        obstacle = null;
        try
        {
            var layout = CgroupLayout.Find(File.ReadLines("/proc/self/cgroup"), File.ReadLines("/proc/self/mountinfo"), IsDelegated);
            return layout is null ? null : Open(layout, out obstacle);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            obstacle = error.Message;
            return null;
        }
    }

    /// <summary>Moves a child to where this process will go, so that it is not in the way of the controllers.</summary>
    internal static void MoveAside(int process)
    {
        try
        {
            if (CgroupLayout.Find(File.ReadLines("/proc/self/cgroup"), File.ReadLines("/proc/self/mountinfo"), IsDelegated) is not { } layout)
                return;
            var agent = Path.Combine(layout.Unified, AgentName);
            Directory.CreateDirectory(agent);
            _ = CgroupFiles.Write(agent, "cgroup.procs", process.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then tasks have fewer limits for once; TryOpen says so.
        }
    }

    /// <summary>Takes possession of a layout: moves this process aside, ends what an earlier agent left, switches the controllers on.</summary>
    internal static TaskCgroups? Open(CgroupLayout layout, out string? obstacle)
    {
        Directory.CreateDirectory(Path.Combine(layout.Unified, AgentName));
        var error = CgroupFiles.Write(Path.Combine(layout.Unified, AgentName), "cgroup.procs", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        obstacle = error == 0 ? null : $"{layout.Unified}/{AgentName}: {Errno.Describe(error)}";
        if (obstacle is not null)
            return null;
        foreach (var left in layout.Legacy.Values.Prepend(layout.Unified).SelectMany(directory => Directory.GetDirectories(directory, TaskPrefix + "*")))
        {
            _ = CgroupFiles.Write(left, "cgroup.kill", "1");
            CgroupFiles.TryRemove(left);
        }

        // One by one: a controller that is not there must not keep the others from being switched on.
        foreach (var controller in CgroupLayout.Controllers)
            _ = CgroupFiles.Write(layout.Unified, "cgroup.subtree_control", "+" + controller);
        return new TaskCgroups(layout);
    }

    /// <summary>What of the limits cannot be kept here; null where all can.</summary>
    internal string? FindFault(TaskLimits limits) =>
        (limits.MemoryBytes is not null && !_controllers.Contains("memory")) ? "memory"
        : (limits.CpuWeight is not null && !_controllers.Contains("cpu")) ? "cpu"
        : limits.Processes is not null && !_controllers.Contains("pids") ? "pids" : null;

    /// <summary>Makes the cgroup of a task.</summary>
    /// <exception cref="IOException">It cannot be made, or a limit cannot be set.</exception>
    internal TaskCgroup Create(string taskId, TaskLimits limits)
    {
        var name = TaskPrefix + taskId;
        var unified = Make(_layout.Unified, name);
        var legacy = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var controller in Needed(limits).Where(_layout.Legacy.ContainsKey))
                legacy[controller] = Make(_layout.Legacy[controller], name);
            if (limits.MemoryBytes is { } bytes)
                LimitMemory(legacy.GetValueOrDefault("memory"), unified, bytes.ToString(CultureInfo.InvariantCulture));
            if (limits.Processes is { } processes)
                Insist(legacy.GetValueOrDefault("pids", unified), "pids.max", processes);
            if (limits.CpuWeight is { } weight && legacy.TryGetValue("cpu", out var cpu))
                Insist(cpu, "cpu.shares", Math.Max(2L, (long)weight * DefaultShares / DefaultWeight));
            else if (limits.CpuWeight is { } unifiedWeight)
                Insist(unified, "cpu.weight", unifiedWeight);
            return new TaskCgroup(this, unified, legacy);
        }
        catch
        {
            Release([unified, .. legacy.Values]);
            throw;
        }
    }

    /// <summary>The processes that have not been moved to their task's cgroup.</summary>
    internal HashSet<int> Newcomers()
    {
        var newcomers = CgroupFiles.OwnProcesses(_agent);
        newcomers.Remove(Environment.ProcessId);
        return newcomers;
    }

    /// <summary>Removes directories, now or when another task ends and they have become empty; true where all are gone.</summary>
    internal bool Release(IReadOnlyList<string> directories)
    {
        lock (_gate)
        {
            _lingering.UnionWith(directories);
            _lingering.RemoveWhere(CgroupFiles.TryRemove);
            return !_lingering.Overlaps(directories);
        }
    }

    private static IEnumerable<string> Needed(TaskLimits limits)
    {
        if (limits.MemoryBytes is not null)
            yield return "memory";
        if (limits.CpuWeight is not null)
            yield return "cpu";
        if (limits.Processes is not null)
            yield return "pids";
    }

    /// <summary>Swap would only postpone the end, and slow the host down until then: the limit counts it in.</summary>
    private static void LimitMemory(string? legacy, string unified, string bytes)
    {
        if (legacy is null)
        {
            Insist(unified, "memory.max", bytes);
            _ = CgroupFiles.Write(unified, "memory.swap.max", "0");
            return;
        }

        // The order matters: memory and swap together may not be less than memory alone. Without swap accounting there is no file.
        Insist(legacy, "memory.limit_in_bytes", bytes);
        _ = CgroupFiles.Write(legacy, "memory.memsw.limit_in_bytes", bytes);
    }

    private static string Make(string parent, string name)
    {
        var directory = Path.Combine(parent, name);
        Directory.CreateDirectory(directory);
        return directory;
    }

    private static void Insist(string directory, string file, long value) => Insist(directory, file, value.ToString(CultureInfo.InvariantCulture));

    private static void Insist(string directory, string file, string value)
    {
        var error = CgroupFiles.Write(directory, file, value);
        if (error != 0)
            throw new IOException($"{directory}/{file}: {Errno.Describe(error)}");
    }

    private static unsafe bool IsDelegated(string directory)
    {
        var value = stackalloc byte[8];
        foreach (var name in DelegationMarks)
        {
            if (Libc.GetExtendedAttribute(directory, name, value, 8) == 1 && value[0] == '1')
                return true;
        }

        return false;
    }
}
