namespace Fleet.Cli.Tail;

/// <summary>Why a tail ended.</summary>
internal enum TailEnd
{
    /// <summary>No host can follow (any more).</summary>
    NobodyLeft = 0,

    /// <summary>All lines that were asked for have been shown.</summary>
    EnoughLines,

    /// <summary>It was ended: by Ctrl-C, or because its time is over.</summary>
    Stopped,

    /// <summary>Nobody reads what is printed any more.</summary>
    OutputClosed,
}
