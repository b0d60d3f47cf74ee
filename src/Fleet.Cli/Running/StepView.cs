using Fleet.Protocol.V1;

namespace Fleet.Cli.Running;

/// <summary>One step of a task as far as it is known.</summary>
internal sealed class StepView
{
    public KeptOutput Stdout { get; } = new();

    public KeptOutput Stderr { get; } = new();

    /// <summary>How it ended; null while it runs or where its end never came.</summary>
    public StepEnded? Ended { get; private set; }

    public void Add(OutputChunk chunk) => (chunk.Stream == OutputStream.Stderr ? Stderr : Stdout).Add(chunk);

    public void End(StepEnded ended)
    {
        Ended = ended;
        if (ended.Stdout is { } stdout)
            Stdout.Close(stdout);
        if (ended.Stderr is { } stderr)
            Stderr.Close(stderr);
    }
}
