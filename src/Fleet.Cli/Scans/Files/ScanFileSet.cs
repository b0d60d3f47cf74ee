using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans.Files;

/// <summary>What some scan files say, all of them together.</summary>
/// <param name="Scans">The scans, in the order of the files.</param>
/// <param name="Channels">The channels.</param>
/// <param name="Mentions">Where channels are named; they may also be the controller's already.</param>
/// <param name="Files">How many files were read.</param>
internal sealed record ScanFileSet(IReadOnlyList<ScanDefinition> Scans, IReadOnlyList<NotificationChannel> Channels, IReadOnlyList<YamlScalar> Mentions, int Files)
{
    /// <summary>Names as faults the channels that are neither here nor among those known otherwise.</summary>
    public void CheckMentions(IEnumerable<string> known, ScanFaults faults)
    {
        var channels = Channels.Select(channel => channel.Name).Concat(known).Distinct().ToList();
        foreach (var mention in Mentions.Where(mention => !channels.Contains(mention.Text)))
        {
            faults.Add(mention.At, $"there is no channel \"{mention.Text}\"",
                channels.Count == 0 ? "define it under channels:" : Nearest.Hint(mention.Text, channels));
        }
    }
}
