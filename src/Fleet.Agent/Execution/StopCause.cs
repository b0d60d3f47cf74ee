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
