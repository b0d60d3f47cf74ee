using Fleet.Agent.Execution.Native;

namespace Fleet.Agent.Execution.Processes;

/// <summary>Sends signals to processes that are not ours to reap, without ever hitting a later holder of the number.</summary>
internal static class ProcessSignal
{
    private const int PidFdSendSignal = 424;
    private const int PidFdOpen = 434;

    /// <summary>False where the process is gone already or may not be signalled.</summary>
    internal static bool Send(ProcessIdentity process, int signal)
    {
        var opened = (int)Libc.SystemCall(PidFdOpen, process.Pid, 0, 0, 0);
        if (opened < 0 && Errno.Last != Errno.NotImplemented)
            return false;

        using var fd = new Fd(opened);

        // Checked after the descriptor is held: from here on it means this process whatever happens to the number.
        if (!ProcessTable.TryRead(process.Pid, out var stat) || stat.StartTicks != process.StartTicks)
            return false;

        return fd.IsInvalid
            ? Libc.Kill(process.Pid, signal) == 0 // Before Linux 5.3.
            : Libc.SystemCall(PidFdSendSignal, opened, signal, 0, 0) == 0;
    }
}
