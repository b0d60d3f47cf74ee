using System.Globalization;

namespace Fleet.Agent.Tasks;

/// <summary>Names signals as signal(7) does, for x86 and ARM.</summary>
internal static class SignalName
{
    private static readonly string[] s_names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary><c>SIGKILL</c>; <c>signal 40</c> where it has no name.</summary>
    public static string Of(int signal) => signal > 0 && signal < s_names.Length
        ? "SIG" + s_names[signal]
        : "signal " + signal.ToString(CultureInfo.InvariantCulture);
}
