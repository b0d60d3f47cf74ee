using Fleet.Agent.Execution;

namespace Fleet.Agent.Upgrading;

/// <summary>A moment that all processes of a host agree on, and that no change of its clock moves.</summary>
/// <param name="Boot">The boot of the host.</param>
/// <param name="Uptime">Since then, without the time that the host was suspended (CLOCK_MONOTONIC).</param>
internal readonly record struct HostMoment(string Boot, TimeSpan Uptime)
{
    /// <summary>This one.</summary>
    public static HostMoment Now(TimeProvider time) =>
        // Whole milliseconds, as it is written down.
        new(HostBoot.Id, TimeSpan.FromMilliseconds((long)time.GetElapsedTime(0).TotalMilliseconds));
}
