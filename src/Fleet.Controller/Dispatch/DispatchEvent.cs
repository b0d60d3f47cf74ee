using Fleet.Controller.Registry;
using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>Something that dispatch must know or do; taken in order by its one loop.</summary>
internal abstract record DispatchEvent
{
    /// <summary>A job is to be stored and begun.</summary>
    public sealed record Create(JobPlan Plan, NewJob Job, TaskCompletionSource<JobCreation> Reply) : DispatchEvent;

    /// <summary>Somebody wants a job cancelled.</summary>
    public sealed record Cancel(string JobId, string By, TaskCompletionSource<CancelRequest> Reply) : DispatchEvent;

    /// <summary>An agent has said hello.</summary>
    public sealed record LinkUp(
        string AgentId,
        IAgentLink Link,
        string Incarnation,
        IReadOnlyList<HeldTaskReport> Held,
        TaskCompletionSource<Reconciliation> Reply) : DispatchEvent;

    /// <summary>An agent's link has ended.</summary>
    public sealed record LinkDown(string AgentId, IAgentLink Link, DateTimeOffset At) : DispatchEvent;

    /// <summary>Records of agents have been stored.</summary>
    public sealed record Progress(IReadOnlyList<TaskProgress> Tasks) : DispatchEvent;

    /// <summary>An agent sent a record of a task that cannot be stored.</summary>
    public sealed record Unfit(UnfitRecord Record, TaskCompletionSource<bool> Reply) : DispatchEvent;

    /// <summary>An agent has been removed from the fleet.</summary>
    public sealed record AgentRemoved(string AgentId) : DispatchEvent;

    /// <summary>New tasks of an agent wait from then on, or (null) go out again.</summary>
    public sealed record Hold(string AgentId, DateTimeOffset? Since) : DispatchEvent;

    /// <summary>The time has come to look again.</summary>
    public sealed record Tick : DispatchEvent
    {
        /// <summary>The one there is.</summary>
        public static Tick Instance { get; } = new();
    }
}
