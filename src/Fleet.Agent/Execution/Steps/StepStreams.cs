using Fleet.Agent.Execution.Output;

namespace Fleet.Agent.Execution.Steps;

/// <summary>Input and output of a running step.</summary>
internal sealed class StepStreams
{
    private readonly StepContext _context;
    private readonly InputWriter? _input;
    private readonly OutputReader _output;
    private readonly OutputReader _error;
    private Task _writing = Task.CompletedTask;
    private Task<StreamTotals>? _readingOutput;
    private Task<StreamTotals>? _readingError;

    internal StepStreams(StepContext context, int step, RunningPipes pipes, ReadOnlyMemory<byte>? input)
    {
        _context = context;
        _input = pipes.Input is { } pipe ? new InputWriter(pipe, input.GetValueOrDefault()) : null;
        _output = Reader(pipes.Output, OutputStream.StandardOutput);
        _error = Reader(pipes.Error, OutputStream.StandardError);

        OutputReader Reader(PolledFd from, OutputStream stream) => new(from, context.Request.Output, (offset, bytes) =>
            context.Observer.OutputAsync(new OutputChunk(context.Request.TaskId, step, stream, offset, bytes)));
    }

    internal StreamTotals Output { get; private set; }

    internal StreamTotals Error { get; private set; }

    internal void Start()
    {
        _readingOutput = GuardAsync(_output);
        _readingError = GuardAsync(_error);
        if (_input is not null)
            _writing = _input.WriteAllAsync();
    }

    /// <summary>The process has ended: waits for the rest of its output, at most the linger.</summary>
    internal async Task EndAsync(TimeSpan linger)
    {
        _input?.Stop();
        var deadline = Environment.TickCount64 + (long)linger.TotalMilliseconds;
        if (!_readingOutput!.IsCompleted)
            _output.StopAt(deadline);
        if (!_readingError!.IsCompleted)
            _error.StopAt(deadline);
        Output = await _readingOutput;
        Error = await _readingError;
        await _writing;
    }

    /// <summary>Output that nobody takes ends the task: going on would either block the program or lose its words.</summary>
    private async Task<StreamTotals> GuardAsync(OutputReader reader)
    {
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (Exception error)
        {
            _context.Stop.Give(new StopCause.Abandoned(error.Message));
            return default;
        }
    }
}
