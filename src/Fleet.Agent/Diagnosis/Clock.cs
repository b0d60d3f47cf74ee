namespace Fleet.Agent.Diagnosis;

/// <summary>Differences between this host's clock and the controller's.</summary>
internal static class Clock
{
    /// <summary>More makes logs hard to compare.</summary>
    public static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(5);

    /// <summary>"0.2 s behind the controller's".</summary>
    public static string Describe(TimeSpan ahead) =>
        $"{Math.Abs(ahead.TotalSeconds):0.0} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} the controller's";
}
