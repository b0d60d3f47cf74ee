namespace Fleet.Storage;

/// <summary>Whether an agent belongs to the fleet. The numbers are stored: never renumber.</summary>
public enum AgentState
{
    /// <summary>Enrolled.</summary>
    Active = 0,

    /// <summary>Removed or replaced; kept so that old jobs can name it. Its name may be taken by another.</summary>
    Removed = 1,
}
