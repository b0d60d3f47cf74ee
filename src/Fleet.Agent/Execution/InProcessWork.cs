namespace Fleet.Agent.Execution;

/// <summary>What the agent does itself for a step.</summary>
/// <param name="context">What it is given.</param>
/// <param name="cancellationToken">Cancelled when the step has to stop; the work then throws.</param>
public delegate ValueTask<InProcessEnd> InProcessWork(InProcessContext context, CancellationToken cancellationToken);

/// <summary>What work of the agent is given.</summary>
/// <param name="Time">The clock.</param>
/// <param name="KeptBytes">How many bytes are kept from the beginning of the output; what is written beyond may be dropped.</param>
/// <param name="WriteAsync">Writes a piece of the step's standard output.</param>
public readonly record struct InProcessContext(TimeProvider Time, long KeptBytes, Func<ReadOnlyMemory<byte>, ValueTask> WriteAsync);

/// <summary>How work of the agent ended.</summary>
/// <param name="ExitCode">As a program's: 0 is success.</param>
/// <param name="CpuTime">Processor time it took, as far as it is known.</param>
public readonly record struct InProcessEnd(int ExitCode, CpuTime CpuTime = default);
