namespace Fleet.Agent.Execution;

/// <summary>How a step ended: exactly one of the kinds below. Exit codes belong to the program alone.</summary>
public abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>True for exit code 0 only.</summary>
    public bool IsSuccess => this is Exited { Code: 0 };

    /// <summary>The program ended by itself.</summary>
    public sealed record Exited(int Code) : StepOutcome;

    /// <summary>A signal ended it that the agent did not send.</summary>
    public sealed record Signalled(int Signal, bool CoreDumped) : StepOutcome;

    /// <summary>The task's run timeout passed; the process tree was ended.</summary>
    public sealed record TimedOut : StepOutcome;

    /// <summary>The task was cancelled; the process tree was ended.</summary>
    public sealed record Cancelled(string Reason) : StepOutcome;

    /// <summary>The program never ran. The detail names the file or user and the system's error.</summary>
    public sealed record FailedToStart(StartFailure Failure, string Detail) : StepOutcome;

    /// <summary>The agent could not go on with it (its output could not be recorded, say); the process tree was ended.</summary>
    public sealed record Abandoned(string Detail) : StepOutcome;
}
