namespace Fleet.Storage;

/// <summary>What an operator may do; each role may do what those before it may. The numbers are stored: never renumber.</summary>
public enum OperatorRole
{
    /// <summary>Looks.</summary>
    Viewer = 0,

    /// <summary>Runs and cancels jobs.</summary>
    Operator = 1,

    /// <summary>Manages tokens, agents and operators.</summary>
    Admin = 2,
}
