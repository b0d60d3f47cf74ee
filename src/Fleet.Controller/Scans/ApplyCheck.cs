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
            .. request.Channels.SelectMany(channel => ChannelCheck.FindFaults(channel).Select(fault => $"channel {ScanName.Shown(channel.Name)}: {fault}")),
            .. request.Scans.SelectMany(scan => ScanCheck.FindFaults(scan, channels, zone).Select(fault => $"scan {ScanName.Shown(scan.Name)}: {fault}")),
            .. Size(request, current, channels.Count),
        ];
    }

    private static IEnumerable<string> Size(ApplyScansRequest request, ScanSnapshot current, int channels)
    {
        var asked = request.Scans.Select(scan => scan.Name).ToHashSet(StringComparer.Ordinal);
        var kept = request.Prune ? [] : current.Scans.Values.Where(scan => !asked.Contains(scan.Record.Name)).Select(scan => scan.Order).ToArray();
        if (request.Scans.Count + kept.Length > MostScans)
            yield return $"there would be {request.Scans.Count + kept.Length} scans, at most {MostScans} are allowed: join some, they may have {Limits.LogPatterns} patterns each";
        if (channels > MostChannels)
            yield return $"there would be {channels} channels, at most {MostChannels} are allowed";
        if (request.Scans.Select(scan => scan.Order).OfType<ScanOrder>().Concat(kept).Sum(order => (long)order.CalculateSize()) > MostBytes)
            yield return $"all scans together would have more than {MostBytes} bytes: shorten their patterns";
    }

    private static IEnumerable<string> Twice(string what, IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"{what} {ScanName.Shown(group.Key)} stands there twice");
}
