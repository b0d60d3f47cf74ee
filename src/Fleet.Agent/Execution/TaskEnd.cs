namespace Fleet.Agent.Execution;

/// <summary>Why a task is over: exactly one of the kinds below.</summary>
public abstract record TaskEnd
{
    private TaskEnd()
    {
    }

    /// <summary>Its steps ended by themselves, well or not.</summary>
    public sealed record Completed : TaskEnd
    {
        /// <inheritdoc/>
        public override string ToString() => "completed";
    }

    /// <summary>Its run timeout passed.</summary>
    public sealed record TimedOut : TaskEnd
    {
        /// <inheritdoc/>
        public override string ToString() => "timed out";
    }

    /// <summary>It was cancelled, before its start or while it ran.</summary>
    public sealed record Cancelled(string Reason) : TaskEnd
    {
        /// <inheritdoc/>
        public override string ToString() => $"cancelled ({Reason})";
    }

    /// <summary>The agent could not go on with it; the detail says why.</summary>
    public sealed record Abandoned(string Detail) : TaskEnd
    {
        /// <inheritdoc/>
        public override string ToString() => $"interrupted ({Detail})";
    }
}
