using System.Globalization;

namespace Fleet.Controller.Admission;

/// <summary>How many connections a process may have that can open only so many files.</summary>
/// <param name="Connections">Connections, at most as many as were asked for.</param>
/// <param name="Limit">Files that it may have open (RLIMIT_NOFILE).</param>
/// <param name="InUse">Files that are open without any connection.</param>
/// <param name="Reserve">Files that are kept for the store, logs, artifacts and what is loaded later.</param>
internal sealed record DescriptorFit(int Connections, int Limit, int InUse, int Reserve)
{
    /// <summary>Connections without which a controller is of no use.</summary>
    public const int LeastConnections = 16;

    /// <summary>Files that a process must be able to open to become a controller.</summary>
    public const int LeastLimit = 224;

    private const int LeastReserve = 32;
    private const int MostReserve = 128;

    /// <summary>Fits.</summary>
    /// <param name="asked">Connections asked for.</param>
    /// <param name="limit">Files that the process may have open.</param>
    /// <param name="inUse">Files that are open without any connection.</param>
    public static DescriptorFit Of(int asked, int limit, int inUse)
    {
        var free = limit - inUse;
        var reserve = Math.Clamp(free / 4, LeastReserve, MostReserve);
        return new DescriptorFit(Math.Min(asked, free - reserve), limit, inUse, reserve);
    }

    /// <summary>Why a controller does not start.</summary>
    public static string TooFew(int limit, int needed) =>
        $"this process may have {limit} files open, which is not enough: raise the limit (LimitNOFILE of the service, or ulimit -n) to {needed} or more";

    /// <summary>What the kernel says of this process now; null where it does not say.</summary>
    /// <param name="connections">How many of its files are connections.</param>
    public static (int Limit, int InUse)? OfProcess(int connections)
    {
        // The soft limit: .NET has raised it to the hard one when it started.
        const string Line = "Max open files";
        if (!OperatingSystem.IsLinux())
            return null;
        var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal));
        var words = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not [var soft, ..] || !long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            return null;
        var inUse = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - connections;
        return ((int)Math.Min(limit, int.MaxValue), inUse);
    }
}
