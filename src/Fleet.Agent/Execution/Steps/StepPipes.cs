using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Output;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Execution.Steps;

/// <summary>The descriptors of a step while it is being started; the child's ends are closed afterwards, ours go on to the pump.</summary>
internal sealed class StepPipes : IDisposable
{
    private readonly List<Fd> _childEnds = [];
    private Fd? _input;
    private Fd? _output;
    private Fd? _error;
    private Fd? _shimStatus;

    /// <summary>Makes the pipes and puts the child's ends into the plan.</summary>
    internal SpawnPlan Open(SpawnPlan plan, bool withInput, Fd nullDevice)
    {
        var input = nullDevice;
        if (withInput)
        {
            var pipe = Pipe.ForWriting();
            _input = pipe.WriteEnd;
            _childEnds.Add(input = pipe.ReadEnd);
        }

        var output = Pipe.ForReading();
        _output = output.ReadEnd;
        _childEnds.Add(output.WriteEnd);
        var error = Pipe.ForReading();
        _error = error.ReadEnd;
        _childEnds.Add(error.WriteEnd);
        return plan with { Descriptors = [input, output.WriteEnd, error.WriteEnd] };
    }

    /// <summary>Keeps a descriptor that only the child needs.</summary>
    internal Fd KeepForChild(Fd fd)
    {
        _childEnds.Add(fd);
        return fd;
    }

    internal void SetShimStatus(Fd fd) => _shimStatus = fd;

    /// <summary>Hands our ends over.</summary>
    internal RunningPipes Take(ReadinessPump pump)
    {
        var pipes = new RunningPipes(
            _input is null ? null : pump.Add(_input, forWriting: true),
            pump.Add(_output!, forWriting: false),
            pump.Add(_error!, forWriting: false),
            _shimStatus is null ? null : pump.Add(_shimStatus, forWriting: false));
        _input = _output = _error = _shimStatus = null;
        return pipes;
    }

    public void Dispose()
    {
        foreach (var fd in _childEnds)
            fd.Dispose();
        _input?.Dispose();
        _output?.Dispose();
        _error?.Dispose();
        _shimStatus?.Dispose();
    }
}
