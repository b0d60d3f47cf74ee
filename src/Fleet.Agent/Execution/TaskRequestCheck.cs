using Fleet.Agent.Execution.Cgroups;
using Fleet.Protocol.Units;

namespace Fleet.Agent.Execution;

/// <summary>Checks a request at the door: sizes and names come from the wire and are not trusted.</summary>
internal static class TaskRequestCheck
{
    private const int LongestTaskId = 128;
    private const long LeastMemory = 1 << 20; // Less does not even start a shell.
    private const int LargestWeight = 10_000; // cpu.weight in the kernel's cgroup-v2.rst.
    private const uint LargestMask = 0x1FF; // Octal 777.

    /// <summary>What is wrong with the request, naming the field and the bound; null where it can be run.</summary>
    internal static string? FindFault(TaskRequest request, TaskExecutorOptions options)
    {
        if (!IsPlainId(request.TaskId))
            return $"task id: 1 to {LongestTaskId} of letters, digits, '.', '_', ':' and '-' expected";
        if (!IsText(request.JobId))
            return "job id: it holds a NUL character";
        if (request.Steps.Count == 0 || request.Steps.Count > options.MaxSteps)
            return $"steps: {request.Steps.Count} given, 1 to {options.MaxSteps} allowed";
        if (request.RunTimeout <= TimeSpan.Zero || request.RunTimeout > options.MaxRunTimeout)
            return $"run timeout: {request.RunTimeout} given, more than 0 and at most {options.MaxRunTimeout} allowed";
        if (request.KillGrace < TimeSpan.Zero || request.KillGrace > options.MaxRunTimeout)
            return $"kill grace: {request.KillGrace} given, 0 to {options.MaxRunTimeout} allowed";
        if (request.Output.HeadBytes < 0 || request.Output.FirstBytes > options.MaxHeadBytes)
            return $"output head: {request.Output.FirstBytes} bytes asked for, 0 to {options.MaxHeadBytes} allowed";
        if (request.Output.TailBytes < 0 || request.Output.TailBytes > options.MaxTailBytes)
            return $"output tail: {request.Output.TailBytes} bytes asked for, 0 to {options.MaxTailBytes} allowed";
        if (request.FileModeMask > LargestMask)
            return $"umask: at most octal 777 allowed";
        if (request.RunAs is { } user && (user.Length == 0 || !IsText(user)))
            return "user: a name or number expected";
        if (request.WorkingDirectory is { } directory && (!directory.StartsWith('/') || !IsText(directory)))
            return "working directory: an absolute path expected";
        if (FindFault(request.Limits, options.Cgroups) is { } limit)
            return limit;
        foreach (var (name, value) in request.Environment)
        {
            if (name.Length == 0 || name.Contains('=') || !IsText(name) || !IsText(value))
                return $"environment: '{name}' is not a variable name, or its value contains a NUL character";
        }

        return request.Steps
            .Select((step, index) => FindFault(step, options) is { } fault ? $"step {index}: {fault}" : null)
            .FirstOrDefault(fault => fault is not null);
    }

    /// <summary>A limit that cannot be kept is refused: running without it would not be what was asked for.</summary>
    private static string? FindFault(TaskLimits limits, TaskCgroups? cgroups)
    {
        if (limits == TaskLimits.None)
            return null;
        if (limits.MemoryBytes < LeastMemory)
            return $"memory limit: {limits.MemoryBytes} bytes given, at least {LeastMemory} expected";
        if (limits.CpuWeight is < 1 or > LargestWeight)
            return $"CPU weight: {limits.CpuWeight} given, 1 to {LargestWeight} allowed";
        if (limits.Processes < 1)
            return $"limit of processes: {limits.Processes} given, at least 1 expected";
        if (cgroups is null)
            return "limits: this host's agent has no cgroups to limit tasks with (Delegate=yes in its systemd unit, cgroup version 2 or hybrid)";
        return cgroups.FindFault(limits) is { } controller ? $"limits: this host has no {controller} controller for tasks" : null;
    }

    private static string? FindFault(StepRequest step, TaskExecutorOptions options)
    {
        if (step.StandardInput?.Length > options.MaxInputBytes)
            return $"standard input: at most {options.MaxInputBytes} bytes allowed";
        return step switch
        {
            StepRequest.Command { Arguments: [] or ["", ..] } => "command: no program given",
            StepRequest.Command command when !AreTexts(command.Arguments) => "command: an argument holds a NUL character",
            StepRequest.ShellLine shell when !IsText(shell.Line) => "shell line: it holds a NUL character",
            StepRequest.ShellLine shell when shell.Shell.Length == 0 || !IsText(shell.Shell) => "shell: a program expected",
            StepRequest.Script script when script.Content.Length > options.MaxInputBytes =>
                $"script: at most {options.MaxInputBytes} bytes allowed",
            StepRequest.Script script when !AreTexts(script.Arguments) => "script: an argument holds a NUL character",
            _ => null,
        };
    }

    private static bool IsPlainId(string id) =>
        id.Length is > 0 and <= LongestTaskId
        && id.Trim('.').Length > 0
        && Characters.AreAll(id, c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-');

    private static bool IsText(string text) => !text.Contains('\0');

    private static bool AreTexts(IReadOnlyList<string> texts) => texts.All(IsText);
}
