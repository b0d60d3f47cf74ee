using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>A number that a task's processes inherit and cannot lose by accident: their timer slack.</summary>
/// <remarks>
/// A daemon that forks twice, calls setsid and clears its environment shows no link to its task any more. Timer slack
/// (PR_SET_TIMERSLACK, prctl(2)) is inherited through fork and exec, costs no privilege to set, and practically no program
/// changes it. The usual slack is 50,000 ns; a mark adds 1..40,000 ns, too little to notice. Reading it back needs
/// CAP_SYS_NICE; without, tracing falls back to session, ancestry and environment.
/// </remarks>
internal static class TimerSlackMark
{
    private const int SetTimerSlack = 29;
    private const int UsualSlackNanoseconds = 50_000;
    private const int Marks = 40_000;

    // Where the count starts differs between runs of the agent, and between agents of one host.
    private static int _last = (int)(((Environment.TickCount64 * 7919) + Environment.ProcessId) % Marks);

    /// <summary>A mark that none of the 39,999 tasks before had.</summary>
    internal static int Next() => UsualSlackNanoseconds + 1 + (int)((uint)Interlocked.Increment(ref _last) % Marks);

    /// <summary>Marks what this thread spawns from now on.</summary>
    internal static void Set(int mark) => _ = Libc.ProcessControl(SetTimerSlack, mark, 0, 0, 0);

    /// <summary>Back to the thread's own slack.</summary>
    internal static void Clear() => _ = Libc.ProcessControl(SetTimerSlack, 0, 0, 0, 0);
}
