using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Controller.Scans;

/// <summary>What applying a request would change.</summary>
/// <param name="Reply">In words for the operator; channels have "channel " before their names.</param>
/// <param name="Scans">New and changed scans, as they are to be stored.</param>
/// <param name="Channels">New and changed channels.</param>
/// <param name="DeletedScans">Scans to delete.</param>
/// <param name="DeletedChannels">Channels to delete.</param>
internal sealed record ScanPlan(
    ApplyScansReply Reply,
    IReadOnlyDictionary<string, byte[]> Scans,
    IReadOnlyDictionary<string, byte[]> Channels,
    IReadOnlyCollection<string> DeletedScans,
    IReadOnlyCollection<string> DeletedChannels)
{
    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Scans.Count + Channels.Count + DeletedScans.Count + DeletedChannels.Count == 0;

    /// <summary>Compares a checked request with what there is.</summary>
    public static ScanPlan Make(ApplyScansRequest request, ScanSnapshot current)
    {
        var reply = new ApplyScansReply();
        var scans = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var channels = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var channel in request.Channels)
        {
            if (Tell(reply, ChannelWord + channel.Name, channel, current.Channels.GetValueOrDefault(channel.Name)))
                channels.Add(channel.Name, channel.ToByteArray());
        }

        foreach (var scan in request.Scans.Select(Normal))
        {
            if (Tell(reply, scan.Name, scan, current.Scans.GetValueOrDefault(scan.Name)?.Definition))
                scans.Add(scan.Name, scan.ToByteArray());
        }

        string[] goneScans = request.Prune ? [.. current.Scans.Keys.Except(request.Scans.Select(scan => scan.Name))] : [];
        string[] goneChannels = request.Prune ? [.. current.Channels.Keys.Except(request.Channels.Select(channel => channel.Name))] : [];
        reply.Deleted.AddRange(goneChannels.Select(name => ChannelWord + name).Concat(goneScans));
        return new ScanPlan(reply, scans, channels, goneScans, goneChannels);
    }

    private const string ChannelWord = "channel ";

    // Messages are compared, not their bytes: the fields of a map come in any order.
    private static bool Tell<T>(ApplyScansReply reply, string name, T asked, T? known)
        where T : class, IEquatable<T>
    {
        (known is null ? reply.Created : known.Equals(asked) ? reply.Unchanged : reply.Changed).Add(name);
        return known is null || !known.Equals(asked);
    }

    // Name, revision and pause of the order are the controller's.
    private static ScanDefinition Normal(ScanDefinition scan)
    {
        var normal = scan.Clone();
        (normal.Order.Name, normal.Order.Revision, normal.Order.Paused) = ("", 0, false);
        return normal;
    }
}
