namespace Fleet.Storage;

/// <summary>Who may join with a token. The numbers are stored: never renumber.</summary>
public enum TokenKind
{
    /// <summary>Agents.</summary>
    Agent = 0,

    /// <summary>Operators.</summary>
    Operator = 1,
}
