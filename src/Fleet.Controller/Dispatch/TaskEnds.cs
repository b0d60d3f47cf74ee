using Fleet.Protocol.V1;
using Google.Protobuf;
using Stored = Fleet.Storage.TaskState;

namespace Fleet.Controller.Dispatch;

/// <summary>Translates the states of tasks between the store and the wire, and encodes ends that the controller decides.</summary>
internal static class TaskEnds
{
    /// <summary>An end as an agent would have reported it.</summary>
    public static byte[] Encode(Stored state, string reason) => new TaskEnded { State = ToWire(state), Reason = reason }.ToByteArray();

    /// <summary>The wire's name of a stored state.</summary>
    public static TaskState ToWire(Stored state) => state switch
    {
        Stored.Pending => TaskState.Pending,
        Stored.Dispatched => TaskState.Dispatched,
        Stored.Running => TaskState.Running,
        Stored.Succeeded => TaskState.Succeeded,
        Stored.Failed => TaskState.Failed,
        Stored.TimedOut => TaskState.TimedOut,
        Stored.Cancelled => TaskState.Cancelled,
        Stored.Rejected => TaskState.Rejected,
        Stored.Expired => TaskState.Expired,
        Stored.Interrupted => TaskState.Interrupted,
        Stored.Skipped => TaskState.Skipped,
        _ => TaskState.Unspecified,
    };

    /// <summary>The store's name of a state on the wire; null for one that is unknown.</summary>
    public static Stored? ToStored(TaskState state) => state switch
    {
        TaskState.Pending => Stored.Pending,
        TaskState.Dispatched => Stored.Dispatched,
        TaskState.Running => Stored.Running,
        TaskState.Succeeded => Stored.Succeeded,
        TaskState.Failed => Stored.Failed,
        TaskState.TimedOut => Stored.TimedOut,
        TaskState.Cancelled => Stored.Cancelled,
        TaskState.Rejected => Stored.Rejected,
        TaskState.Expired => Stored.Expired,
        TaskState.Interrupted => Stored.Interrupted,
        TaskState.Skipped => Stored.Skipped,
        _ => null,
    };

    /// <summary>Whether an agent may report this end; the others are the controller's to decide.</summary>
    public static bool IsAgentsToReport(TaskState state) => state is
        TaskState.Succeeded or TaskState.Failed or TaskState.TimedOut or TaskState.Cancelled or TaskState.Rejected or TaskState.Interrupted;
}
