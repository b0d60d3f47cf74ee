using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>How a task's end is said.</summary>
internal static class TaskSentence
{
    /// <summary>The state as one word or two, as docs and JSON call it.</summary>
    public static string Word(TaskState state) => state switch
    {
        TaskState.TimedOut => "timed out",
        _ => state.ToString().ToLowerInvariant(),
    };

    /// <summary>The state in JSON.</summary>
    public static string Key(TaskState state) => state == TaskState.TimedOut ? "timed_out" : state.ToString().ToLowerInvariant();

    /// <summary>The kind of end, by which failures are grouped: "failed, exit code 3".</summary>
    public static string Kind(TaskEnded ended) => ended.State switch
    {
        TaskState.Failed when ended.HasExitCode => $"failed, exit code {ended.ExitCode}",
        TaskState.Failed when ended.HasSignal => $"failed, ended by {SignalName(ended.Signal)}",
        TaskState.Expired => "never answered",
        _ => Word(ended.State),
    };

    /// <summary>Why, where that is more than <see cref="Kind"/> says already; else empty.</summary>
    public static string Reason(TaskEnded ended) =>
        (ended.HasExitCode && ended.Reason == $"exited with code {ended.ExitCode}") || (ended.HasSignal && ended.Reason == $"was ended by {SignalName(ended.Signal)}")
            ? ""
            : ended.Reason;

    /// <summary>All of it: "failed, exit code 3: step 2 of 3 exited with code 3".</summary>
    public static string Whole(TaskEnded ended) => Reason(ended) is { Length: > 0 } reason ? $"{Kind(ended)}: {reason}" : Kind(ended);

    /// <summary>SIGKILL for 9, as signal(7) of Linux numbers them on x86 and ARM.</summary>
    public static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP", 2 => "SIGINT", 3 => "SIGQUIT", 4 => "SIGILL", 5 => "SIGTRAP", 6 => "SIGABRT", 7 => "SIGBUS", 8 => "SIGFPE", 9 => "SIGKILL",
        10 => "SIGUSR1", 11 => "SIGSEGV", 12 => "SIGUSR2", 13 => "SIGPIPE", 14 => "SIGALRM", 15 => "SIGTERM", 24 => "SIGXCPU", 25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => $"signal {signal}",
    };
}
