using Fleet.Controller.Notifications;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Scans;

/// <summary>Checks a request to apply scans as a whole: nothing of it is done where anything of it is wrong.</summary>
internal static class ApplyCheck
{
    private const int MostScans = 500;
    private const int MostChannels = 100;

    // All scans may meet on one agent, and its set goes out in one message.
    private const int MostBytes = Limits.MessageBytes * 3 / 4;

    /// <summary>All faults, each with the scan or channel it is in.</summary>
    public static IReadOnlyList<string> FindFaults(ApplyScansRequest request, ScanSnapshot current, TimeZoneInfo zone)
    {
        var kept = request.Prune ? [] : current.Channels.Keys;
        var channels = request.Channels.Select(channel => channel.Name).Concat(kept).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Twice("scan", request.Scans.Select(scan => scan.Name)),
            .. Twice("channel", request.Channels.Select(channel => channel.Name)),
            .. request.Channels.SelectMany(channel => Of("channel", channel.Name, ChannelCheck.FindFaults(channel))),
            .. request.Scans.SelectMany(scan => Of("scan", scan.Name, ScanCheck.FindFaults(scan, channels, zone))),
            .. Size(request, current, channels.Count),
        ];
    }

    private static IEnumerable<string> Size(ApplyScansRequest request, ScanSnapshot current, int channels)
    {
        var asked = request.Scans.Select(scan => scan.Name).ToHashSet(StringComparer.Ordinal);
        var kept = request.Prune ? [] : current.Scans.Values.Where(scan => !asked.Contains(scan.Record.Name)).Select(scan => scan.Order).ToArray();
        if (request.Scans.Count + kept.Length > MostScans)
            yield return $"there would be more than {MostScans} scans: join some, they may have {Limits.LogPatterns} patterns each";
        if (channels > MostChannels)
            yield return $"there would be more than {MostChannels} channels";
        if (request.Scans.Select(scan => scan.Order).OfType<ScanOrder>().Concat(kept).Sum(order => (long)order.CalculateSize()) > MostBytes)
            yield return $"all scans together would have more than {MostBytes} bytes: shorten their patterns";
    }

    private static IEnumerable<string> Of(string what, string name, IEnumerable<string> faults) =>
        faults.Select(fault => $"{what} {ScanName.Shown(name)}: {fault}");

    private static IEnumerable<string> Twice(string what, IEnumerable<string> names) => names
        .GroupBy(name => name, StringComparer.Ordinal)
        .Where(group => group.Count() > 1)
        .Select(group => $"{what} {ScanName.Shown(group.Key)} stands there twice");
}
