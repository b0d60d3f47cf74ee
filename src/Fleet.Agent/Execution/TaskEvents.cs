using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution;

/// <summary>What to remember of a task before it starts, so that its processes can be found again after the agent died.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Mark">A number its processes carry; see <see cref="LeftoverTrace"/>.</param>
/// <param name="BootId">The present boot of the host; processes do not outlive it.</param>
public sealed record TaskStarting(string TaskId, int Mark, string BootId);

/// <summary>A step's process runs.</summary>
public sealed record StepStarted(string TaskId, int Step, ProcessIdentity Process, DateTimeOffset StartedAt);

/// <summary>Which stream of a process.</summary>
public enum OutputStream
{
    StandardOutput = 1,
    StandardError = 2,
}

/// <summary>A piece of output.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Step">The step's place in the task, from 0.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Offset">Where it begins in its stream. Beyond the end of the last chunk: the bytes between were dropped.</param>
/// <param name="Bytes">Valid until the call that brings it returns; the buffer is used again.</param>
public readonly record struct OutputChunk(string TaskId, int Step, OutputStream Stream, long Offset, ReadOnlyMemory<byte> Bytes);
