using System.Buffers.Binary;

namespace Fleet.Agent.Execution.Processes;

/// <summary>How far the exec shim came.</summary>
internal enum ShimStage
{
    /// <summary>All done; exec follows, and closes the status pipe if it succeeds.</summary>
    Ready = 1,
    Groups,
    Group,
    User,
    Directory,
    Program,
    Execute,
    Plan,
    Cgroup,
}

/// <summary>One message of the exec shim to the agent.</summary>
/// <param name="Stage">What was done, or failed where <paramref name="Error"/> is set.</param>
/// <param name="Error">The error number; zero where all is well.</param>
/// <param name="PeakMemoryBytes">The shim's own peak, which the kernel will add to what the program reports.</param>
internal readonly record struct ShimStatus(ShimStage Stage, int Error, long PeakMemoryBytes)
{
    internal const int Bytes = 16;

    internal void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, (int)Stage);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], Error);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], PeakMemoryBytes);
    }

    internal static ShimStatus Read(ReadOnlySpan<byte> source) => new(
        (ShimStage)BinaryPrimitives.ReadInt32LittleEndian(source),
        BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]));
}
