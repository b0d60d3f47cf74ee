namespace Fleet.Agent.Execution.Processes;

/// <summary>How a reaped process ended and what it used, as wait4(2) tells it.</summary>
/// <param name="Status">The raw wait status.</param>
/// <param name="CpuTime">User and system time of the process and the children it waited for.</param>
/// <param name="PeakMemoryBytes">The largest resident set of any of them.</param>
internal readonly record struct ProcessExit(int Status, CpuTime CpuTime, long PeakMemoryBytes)
{
    private const int CoreFlag = 0x80;

    internal int Signal => Status & 0x7f;

    internal int ExitCode => (Status >> 8) & 0xff;

    internal bool CoreDumped => (Status & CoreFlag) != 0;

    internal StepOutcome ToOutcome() =>
        Signal == 0 ? new StepOutcome.Exited(ExitCode) : new StepOutcome.Signalled(Signal, CoreDumped);
}
