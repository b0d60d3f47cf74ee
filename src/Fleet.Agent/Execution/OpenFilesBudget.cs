using System.Globalization;
using Fleet.Agent.Diagnosis;
using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution;

/// <summary>How many tasks at a time this process's limit on open files allows.</summary>
/// <param name="Limit">The limit.</param>
internal sealed record OpenFilesBudget(long Limit)
{
    /// <summary>
    /// What the agent itself has open: the log, the link, the state directory's lock and lists, scans, and what is opened for a moment.
    /// Measured: 17 with a link and nothing to do, 19 while it connects.
    /// </summary>
    private const int OfAgent = 24;

    /// <summary>What a running task has open: its journal and the pipes of its input, its two outputs and its helper.</summary>
    private const int OfTask = 5;

    /// <summary>What a task takes while it is being started: both ends of its pipes, its script, the helper's plan. Measured: 10.</summary>
    public const int OfStart = 10;

    /// <summary>With less the agent cannot be sure to link, or to start a single task.</summary>
    public const int Least = 32;

    private const string LimitsLine = "Max open files";

    /// <summary>The one of this process.</summary>
    public static OpenFilesBudget OfProcess() => new(OpenFiles.Limit());

    /// <summary>That of another process; null where it cannot be told.</summary>
    public static OpenFilesBudget? OfProcess(int process)
    {
        try
        {
            // "Max open files            1024                 524288               files", proc_pid_limits(5).
            var line = File.ReadLines($"/proc/{process}/limits").FirstOrDefault(l => l.StartsWith(LimitsLine, StringComparison.Ordinal));
            var soft = line?[LimitsLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? new OpenFilesBudget(limit) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Why the agent cannot work at all; null where it can.</summary>
    public string? Fault() => Limit >= Least ? null
        : $"the limit on open files is {Limit}, the agent needs at least {Least}: raise it (ulimit -n, or LimitNOFILE= of the service)";

    /// <summary>The tasks that may run at a time where so many are wanted.</summary>
    public int Fit(int wanted) => (int)Math.Clamp((Limit - OfAgent) / OfTask, 1, wanted);

    /// <summary>What is to be said where they are fewer; null where they are not.</summary>
    public HostCondition? Condition(int wanted) => Fit(wanted) is var fit && fit < wanted
        ? new HostCondition("open-files", $"the limit on open files is {Limit}: {fit} instead of {wanted} tasks run at a time (LimitNOFILE= of the service raises it)")
        : null;
}
