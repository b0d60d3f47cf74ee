namespace Fleet.Protocol.Folding;

/// <summary>When two hosts' outputs count as the same.</summary>
public enum Likeness
{
    /// <summary>Byte for byte.</summary>
    Exact,

    /// <summary>But for the host's own name, numbers and the width of blanks.</summary>
    Similar,
}
