namespace Fleet.Agent.Execution;

/// <summary>One thing to do: exactly one of the kinds below.</summary>
public abstract record StepRequest
{
    private StepRequest()
    {
    }

    /// <summary>What the step reads from its standard input; without any it reads <c>/dev/null</c>.</summary>
    public ReadOnlyMemory<byte>? StandardInput { get; init; }

    /// <summary>A program with its arguments, no shell between; the program is looked up in the task's PATH.</summary>
    public sealed record Command(IReadOnlyList<string> Arguments) : StepRequest;

    /// <summary>A line for a shell's <c>-c</c>. The default shell is <c>/bin/sh</c>.</summary>
    public sealed record ShellLine(string Line, string Shell = "/bin/sh") : StepRequest;

    /// <summary>A file that is sent along, executed by its <c>#!</c> line (or by <c>/bin/sh</c> where it has none), then removed.</summary>
    public sealed record Script(ReadOnlyMemory<byte> Content, string Name, IReadOnlyList<string> Arguments) : StepRequest;

    /// <summary>Something the agent does itself; no process starts.</summary>
    public sealed record Builtin(string Name, IReadOnlyList<string> Arguments) : StepRequest;

    /// <summary>Work of the agent itself that was made ready for this step, such as a log search.</summary>
    public sealed record InProcess(string Name, InProcessWork Work) : StepRequest;
}
