namespace Fleet.Protocol.Folding;

/// <summary>Where a line of a difference stands.</summary>
public enum DiffKind
{
    /// <summary>On both sides.</summary>
    Same,

    /// <summary>On the old side only.</summary>
    Removed,

    /// <summary>On the new side only.</summary>
    Added,

    /// <summary>Lines of both sides, left out.</summary>
    Skipped,
}
