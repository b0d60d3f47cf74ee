using Fleet.Protocol.V1;

namespace Fleet.Cli.Running;

/// <summary>One task of a job as the job's log has told it so far.</summary>
internal sealed class TaskView
{
    private readonly List<StepView> _steps = [];

    public TaskView(uint ordinal, string host)
    {
        Ordinal = ordinal;
        Host = host;
    }

    public uint Ordinal { get; }

    public string Host { get; }

    public TaskState State { get; private set; } = TaskState.Pending;

    /// <summary>How it ended; null while it has not.</summary>
    public TaskEnded? Ended { get; private set; }

    public IReadOnlyList<StepView> Steps => _steps;

    /// <summary>Unix milliseconds by the agent's clock; 0 before it started.</summary>
    public long StartedMs { get; private set; }

    /// <summary>Retention removed its output.</summary>
    public bool OutputRemoved { get; private set; }

    public void Apply(JobEvent happened)
    {
        switch (happened.EventCase)
        {
            case JobEvent.EventOneofCase.Dispatched when State == TaskState.Pending:
                State = TaskState.Dispatched;
                break;
            case JobEvent.EventOneofCase.Started when Ended is null:
                State = TaskState.Running;
                StartedMs = happened.AtMs;
                break;
            case JobEvent.EventOneofCase.Output:
                Step(happened.Output.Step)?.Add(happened.Output);
                break;
            case JobEvent.EventOneofCase.StepEnded:
                Step(happened.StepEnded.Step)?.End(happened.StepEnded);
                break;
            case JobEvent.EventOneofCase.OutputRemoved:
                OutputRemoved = true;
                break;
            case JobEvent.EventOneofCase.Ended when Ended is null:
                Ended = happened.Ended;
                State = happened.Ended.State;
                break;
        }
    }

    /// <summary>Lets go of the output once it has been shown.</summary>
    public void ForgetOutput() => _steps.Clear();

    private StepView? Step(uint index)
    {
        // A controller that sends nonsense must not make the command allocate without bound.
        if (index >= Protocol.Limits.Steps)
            return null;
        while (_steps.Count <= index)
            _steps.Add(new StepView());
        return _steps[(int)index];
    }
}
