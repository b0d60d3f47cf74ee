using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>
/// Hears of changes to who belongs to the fleet, after they are stored. All registered listeners are called in turn;
/// they must neither wait nor throw.
/// </summary>
internal interface IIdentityListener
{
    /// <summary>An agent joined, or joined again: the record is as stored.</summary>
    void AgentEnrolled(AgentRecord agent);

    /// <summary>An agent no longer belongs to the fleet: it was removed, or another took its name.</summary>
    /// <param name="agent">The record as it is now.</param>
    /// <param name="reason">Why, in words for operators.</param>
    void AgentRemoved(AgentRecord agent, string reason);
}
