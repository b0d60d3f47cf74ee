namespace Fleet.Storage;

/// <summary>Where an alert stands.</summary>
public enum AlertState
{
    /// <summary>The rule's condition holds, not yet for long enough.</summary>
    Pending = 1,

    /// <summary>It was raised.</summary>
    Firing = 2,

    /// <summary>It has been quiet since.</summary>
    Resolved = 3,
}
