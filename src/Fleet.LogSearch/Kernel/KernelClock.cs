using System.Globalization;

namespace Fleet.LogSearch.Kernel;

/// <summary>When the kernel's clock began to count.</summary>
internal static class KernelClock
{
    /// <summary>The time of the host's clock when it was booted; the ring buffer's times count from there (without time asleep).</summary>
    public static DateTimeOffset BootTime()
    {
        string? line = File.ReadLines("/proc/stat").FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UnixEpoch;
    }
}
