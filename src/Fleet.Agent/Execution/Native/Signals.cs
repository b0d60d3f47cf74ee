namespace Fleet.Agent.Execution.Native;

/// <summary>Signal numbers of Linux on x64 and arm64 (signal(7)).</summary>
internal static class Signals
{
    internal const int Interrupt = 2;
    internal const int Kill = 9;
    internal const int BrokenPipe = 13;
    internal const int Terminate = 15;
    internal const int Child = 17;
    internal const int Continue = 18;
    internal const int Stop = 19;
    internal const int Highest = 64;

    /// <summary>The handler value that means "ignored" (SIG_IGN).</summary>
    internal const nint Ignored = 1;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The usual name, <c>SIGTERM</c>; real-time and unknown ones by number.</summary>
    internal static string Describe(int signal) =>
        signal > 0 && signal < Names.Length ? $"SIG{Names[signal]}" : $"signal {signal}";

    /// <summary>True where the process ignores the signal: such a setting, unlike a handler, survives exec.</summary>
    internal static unsafe bool IsIgnored(int signal)
    {
        // struct sigaction is at most 152 bytes and starts with the handler.
        var current = stackalloc byte[256];
        return Libc.SignalAction(signal, null, current) == 0 && *(nint*)current == Ignored;
    }
}
