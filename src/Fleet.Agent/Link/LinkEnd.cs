using Fleet.Protocol.V1;

namespace Fleet.Agent.Link;

/// <summary>How a link, or the attempt to make one, ended: exactly one of the kinds below.</summary>
internal abstract record LinkEnd
{
    private LinkEnd()
    {
    }

    /// <summary>For the log, in a few words.</summary>
    public abstract string Reason { get; }

    /// <summary>No connection came about.</summary>
    public sealed record Unreachable(string Detail) : LinkEnd
    {
        public override string Reason => Detail;

        /// <summary>Whether the controller's host answered at once that nobody listens there: the controller is starting, or stopped.</summary>
        public bool IsNobodyThere { get; init; }
    }

    /// <summary>The controller does not accept this agent's certificate.</summary>
    public sealed record Refused(string Detail) : LinkEnd
    {
        public override string Reason => Detail;

        /// <summary>Whether that may pass by itself: its store is not the right one, or one of the clocks is wrong. The identity is good then.</summary>
        public bool MayPass { get; init; }
    }

    /// <summary>The connection broke.</summary>
    public sealed record Broken(string Detail) : LinkEnd
    {
        public override string Reason => Detail;
    }

    /// <summary>The controller said nothing for too long.</summary>
    public sealed record Silent(TimeSpan Limit) : LinkEnd
    {
        public override string Reason => $"the controller was silent for {Limit.TotalSeconds:0.#} s";
    }

    /// <summary>The controller said goodbye.</summary>
    public sealed record Dismissed(DismissalCause Cause, string Detail, TimeSpan RetryAfter) : LinkEnd
    {
        public override string Reason => Detail.Length == 0 ? $"the controller said goodbye ({Cause})" : Detail;

        /// <summary>What a goodbye says.</summary>
        public static Dismissed Of(Goodbye goodbye) => new(
            goodbye.Cause switch
            {
                Goodbye.Types.Cause.ShuttingDown => DismissalCause.ShuttingDown,
                Goodbye.Types.Cause.Replaced => DismissalCause.Replaced,
                Goodbye.Types.Cause.Revoked => DismissalCause.Revoked,
                Goodbye.Types.Cause.Overloaded => DismissalCause.Overloaded,
                Goodbye.Types.Cause.Incompatible => DismissalCause.Incompatible,
                _ => DismissalCause.Other,
            },
            goodbye.Reason,
            TimeSpan.FromMilliseconds(Math.Clamp(goodbye.RetryAfterMs, 0, int.MaxValue)));
    }

    /// <summary>A new certificate was stored; the next link uses it.</summary>
    public sealed record Renewed : LinkEnd
    {
        public override string Reason => "the certificate was renewed";
    }

    /// <summary>This agent stops.</summary>
    public sealed record Stopped : LinkEnd
    {
        public override string Reason => "the agent stops";
    }
}

/// <summary>Why a controller says goodbye.</summary>
internal enum DismissalCause
{
    /// <summary>None that this version knows.</summary>
    Other,

    /// <summary>It stops, perhaps to start again.</summary>
    ShuttingDown,

    /// <summary>Another process connected with the same identity.</summary>
    Replaced,

    /// <summary>The identity is no longer valid.</summary>
    Revoked,

    /// <summary>It has too much to do.</summary>
    Overloaded,

    /// <summary>It does not speak this agent's version of the protocol.</summary>
    Incompatible,
}
