namespace Fleet.Agent.Execution;

/// <summary>Why a running task has to end before it is done.</summary>
internal abstract record StopCause
{
    private StopCause()
    {
    }

    internal abstract StepOutcome ToStepOutcome();

    internal abstract TaskEnd ToTaskEnd();

    internal sealed record TimedOut : StopCause
    {
        internal override StepOutcome ToStepOutcome() => new StepOutcome.TimedOut();

        internal override TaskEnd ToTaskEnd() => new TaskEnd.TimedOut();
    }

    internal sealed record Cancelled(string Reason) : StopCause
    {
        internal override StepOutcome ToStepOutcome() => new StepOutcome.Cancelled(Reason);

        internal override TaskEnd ToTaskEnd() => new TaskEnd.Cancelled(Reason);
    }

    internal sealed record Abandoned(string Detail) : StopCause
    {
        internal override StepOutcome ToStepOutcome() => new StepOutcome.Abandoned(Detail);

        internal override TaskEnd ToTaskEnd() => new TaskEnd.Abandoned(Detail);
    }
}

/// <summary>Tells a task, once, that it has to end; the first cause stays.</summary>
internal sealed class StopSignal
{
    private readonly TaskCompletionSource<StopCause> _given = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<StopCause> Given => _given.Task;

    /// <summary>The cause; null while there is none.</summary>
    internal StopCause? Cause => _given.Task.IsCompletedSuccessfully ? _given.Task.GetAwaiter().GetResult() : null;

    internal void Give(StopCause cause) => _given.TrySetResult(cause);
}
