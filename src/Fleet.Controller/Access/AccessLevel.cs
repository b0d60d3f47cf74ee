namespace Fleet.Controller.Access;

/// <summary>Who may call a method. Viewer, operator and admin include those after them.</summary>
internal enum AccessLevel
{
    /// <summary>Whoever reaches the port, certificate or not.</summary>
    Anyone,

    /// <summary>Agents only.</summary>
    Agent,

    /// <summary>Operators of any role.</summary>
    Viewer,

    /// <summary>Operators who may run jobs.</summary>
    Operator,

    /// <summary>Operators who manage the fleet.</summary>
    Admin,
}
