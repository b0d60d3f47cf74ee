namespace Fleet.LogSearch.Scans;

/// <summary>Buffers that all followers of one thread share: an idle log then costs none.</summary>
public sealed class FollowBuffers
{
    internal const int WindowBytes = 64 * 1024;
    internal const int BackwardsBytes = 16 * 1024;

    internal byte[] Window { get; } = new byte[WindowBytes];

    internal byte[] Backwards { get; } = new byte[BackwardsBytes];
}
