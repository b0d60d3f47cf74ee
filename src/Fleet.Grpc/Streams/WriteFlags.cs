namespace Grpc.Core;

/// <summary>How one message, or each of a stream, is sent.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>Send the message at once.</summary>
    None = 0,

    /// <summary>More follows soon: the message may wait and leave together with the next.</summary>
    BufferHint = 1,

    /// <summary>Do not compress the message even where the call compresses.</summary>
    NoCompress = 2,
}
