namespace Fleet.Agent.Execution;

/// <summary>The executor's answer to a task.</summary>
public abstract record Admission
{
    private Admission()
    {
    }

    /// <summary>It runs or waits for its turn; the observer hears the rest.</summary>
    public sealed record Accepted : Admission;

    /// <summary>It will not run, and its observer hears nothing.</summary>
    public sealed record Refused(Refusal Reason, string Detail) : Admission;
}

/// <summary>Why a task was not accepted.</summary>
public enum Refusal
{
    /// <summary>Something in the request is out of bounds; the detail names it.</summary>
    Invalid = 1,

    /// <summary>As many tasks as allowed run and wait already.</summary>
    QueueFull,

    /// <summary>A task of the same id runs or waits already.</summary>
    AlreadyHere,

    /// <summary>The agent is stopping.</summary>
    Stopping,
}
