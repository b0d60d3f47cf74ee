namespace Fleet.Agent.Execution;

/// <summary>What the agent can do for a task without starting a process.</summary>
/// <param name="arguments">Those of the step.</param>
/// <param name="write">Writes a piece of the step's standard output.</param>
/// <param name="cancellationToken">Cancelled when the task has to stop.</param>
/// <returns>The exit code.</returns>
public delegate ValueTask<int> Builtin(
    IReadOnlyList<string> arguments, Func<ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellationToken);

/// <summary>The built-ins that come with the executor.</summary>
public static class Builtins
{
    /// <summary>Does nothing: shows that the whole way to the host and back works.</summary>
    public static IReadOnlyDictionary<string, Builtin> Standard { get; } = new Dictionary<string, Builtin>(StringComparer.Ordinal)
    {
        ["ping"] = static (_, _, _) => ValueTask.FromResult(0),
    };
}
