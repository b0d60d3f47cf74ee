namespace Fleet.Storage;

/// <summary>Whether an operator may still come in. The numbers are stored: never renumber.</summary>
public enum OperatorState
{
    /// <summary>May.</summary>
    Active = 0,

    /// <summary>May not; kept so that old jobs can name them. The name may be taken by another.</summary>
    Revoked = 1,
}
