using Fleet.Agent.Execution;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using OutputLimits = Fleet.Agent.Execution.OutputLimits;

namespace Fleet.Agent.Tasks;

/// <summary>Turns a specification into what the executor takes. Every field is checked: nothing from the wire is trusted.</summary>
internal static class SpecReader
{
    private const uint LargestMask = 0x1FF; // Octal 777.
    private const int LongestPath = 4096; // PATH_MAX of limits.h.
    private const int LongestUser = 256; // LOGIN_NAME_MAX of limits.h.

    /// <summary>Reads a specification; null with a sentence that names the field where it is out of bounds.</summary>
    public static TaskRequest? Read(TaskId id, TaskSpec spec, TaskPolicy policy, out string fault)
    {
        fault = Fault(spec, policy);
        if (fault.Length > 0)
            return null;

        ReadOnlyMemory<byte>? stdin = spec.HasStdin ? spec.Stdin.Memory : default(ReadOnlyMemory<byte>?);
        var steps = new List<StepRequest>(spec.Steps.Count);
        foreach (var step in spec.Steps)
        {
            var read = step.ActionCase == Step.ActionOneofCase.UpgradeAgent
                ? ReadUpgrade(id, spec, step.UpgradeAgent, policy, out fault)
                : StepReader.Read(step, stdin, policy, out fault);
            if (read is null)
            {
                fault = $"step {steps.Count + 1}: {fault}";
                return null;
            }

            steps.Add(read);
        }

        return new TaskRequest
        {
            TaskId = id.ToString(),
            JobId = id.Job.ToString(),
            Steps = steps,
            RunTimeout = TimeSpan.FromMilliseconds(spec.RunTimeoutMs),
            KillGrace = TimeSpan.FromMilliseconds(spec.KillGraceMs),
            Output = spec.Output is { } output
                ? new OutputLimits((long)output.HeadBytes, (int)output.TailBytes)
                : new OutputLimits(Limits.DefaultKeptOutputBytes, Limits.DefaultKeptOutputBytes),
            RunAs = spec.RunAs.Length == 0 ? null : spec.RunAs,
            FileModeMask = spec.HasUmask ? spec.Umask : null,
            WorkingDirectory = spec.WorkingDirectory.Length == 0 ? null : spec.WorkingDirectory,
            Environment = spec.Environment,
            CleanEnvironment = spec.CleanEnvironment,
            Limits = ReadLimits(spec.Limits),
            StopAtFailure = spec.StopOnFailure,
        };
    }

    /// <summary>Whether a text can be handed to the system: the kernel ends it at a NUL.</summary>
    public static bool IsText(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private static StepRequest.InProcess? ReadUpgrade(TaskId id, TaskSpec spec, UpgradeAgent upgrade, TaskPolicy policy, out string fault)
    {
        // What follows it would run in another process, or in none.
        fault = spec.Steps.Count > 1 ? "upgrade_agent stands alone in its task"
            : policy.Upgrader is null ? "upgrade_agent: this agent takes no upgrades" : "";
        return fault.Length == 0 && policy.Upgrader!.Read(id, upgrade, out fault) is { } work ? new StepRequest.InProcess("upgrade agent", work) : null;
    }

    // Zero is what the wire has for "none"; the executor checks the rest, for it knows what this host can do.
    private static TaskLimits ReadLimits(ResourceLimits? limits) => limits is null ? TaskLimits.None : new TaskLimits
    {
        MemoryBytes = limits.MemoryMaxBytes == 0 ? null : (long)Math.Min(limits.MemoryMaxBytes, long.MaxValue),
        CpuWeight = limits.CpuWeight == 0 ? null : (int)Math.Min(limits.CpuWeight, int.MaxValue),
        Processes = limits.ProcessesMax == 0 ? null : (int)Math.Min(limits.ProcessesMax, int.MaxValue),
    };

    private static string Fault(TaskSpec spec, TaskPolicy policy)
    {
        if (spec.Steps.Count is 0 or > Limits.Steps)
            return $"steps: {spec.Steps.Count} given, 1 to {Limits.Steps} allowed";
        if (spec.RunTimeoutMs < 1 || spec.RunTimeoutMs > (long)Limits.RunTimeout.TotalMilliseconds)
            return $"run_timeout_ms: {spec.RunTimeoutMs} given, 1 to {(long)Limits.RunTimeout.TotalMilliseconds} allowed";
        if (spec.KillGraceMs < 0 || spec.KillGraceMs > (long)Limits.KillGrace.TotalMilliseconds)
            return $"kill_grace_ms: {spec.KillGraceMs} given, 0 to {(long)Limits.KillGrace.TotalMilliseconds} allowed";
        if (spec.HasUmask && spec.Umask > LargestMask)
            return $"umask: {Convert.ToString(spec.Umask, 8)} given, 0 to 777 (octal) allowed";
        if (spec.Output is { } output && (output.HeadBytes > Limits.KeptOutputBytes || output.TailBytes > Limits.KeptOutputBytes))
            return $"output: a head of {output.HeadBytes} and a tail of {output.TailBytes} bytes asked for, {Limits.KeptOutputBytes} each allowed";
        if (spec.HasStdin && spec.Stdin.Length > Limits.StdinBytes)
            return $"stdin: {spec.Stdin.Length} bytes given, {Limits.StdinBytes} allowed";
        return PlaceFault(spec, policy) ?? EnvironmentFault(spec) ?? "";
    }

    private static string? PlaceFault(TaskSpec spec, TaskPolicy policy)
    {
        if (spec.WorkingDirectory.Length > 0
            && (spec.WorkingDirectory[0] != '/' || spec.WorkingDirectory.Length > LongestPath || !IsText(spec.WorkingDirectory)))
            return "working_directory: an absolute path expected";
        if (spec.RunAs.Length > LongestUser || !IsText(spec.RunAs))
            return "run_as: a user's name or number expected";
        return spec.RunAs.Length > 0 && policy.AllowRunAs is { } allowed && !allowed.Contains(spec.RunAs)
            ? $"run_as: this host does not allow tasks to run as \"{spec.RunAs}\" (allowRunAs in the agent's settings)"
            : null;
    }

    private static string? EnvironmentFault(TaskSpec spec)
    {
        if (spec.Environment.Count > Limits.EnvironmentVariables)
            return $"environment: {spec.Environment.Count} variables given, {Limits.EnvironmentVariables} allowed";
        foreach (var (name, value) in spec.Environment)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || !IsText(name))
                return $"environment: \"{name.Replace('\0', ' ')}\" cannot be the name of a variable";
            if (!IsText(value))
                return $"environment: the value of {name} holds a NUL character";
        }

        return null;
    }
}
