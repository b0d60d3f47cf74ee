using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Alerts;

/// <summary>Parts of alerts in words.</summary>
internal static class AlertFormatter
{
    public static string State(Alert alert) => alert.State switch
    {
        Alert.Types.State.Pending => "pending",
        Alert.Types.State.Firing => "firing",
        Alert.Types.State.Resolved => "resolved",
        _ => "?",
    };

    /// <summary>Where it is: the host, or the hosts folded and how many there are.</summary>
    public static string Where(Alert alert)
    {
        if (alert.AgentName.Length > 0)
            return alert.AgentName;
        return alert.Hosts.Count == 0 ? "-" : alert.HostCount <= 1 ? alert.Hosts[0]
            : $"{NodeSet.Fold(alert.Hosts)}{(alert.HostCount > alert.Hosts.Count ? " ..." : "")} ({alert.HostCount})";
    }

    /// <summary>Who was told, or why nobody was.</summary>
    public static string Told(Alert alert)
    {
        if (alert.AcknowledgedBy.Length > 0)
            return $"ack by {alert.AcknowledgedBy}";
        if (alert.SilenceId.Length > 0)
            return $"silenced ({alert.SilenceId})";
        var sent = alert.Deliveries.Where(delivery => delivery.SentMs > 0).Select(delivery => delivery.Channel).Distinct().ToList();
        var stuck = alert.Deliveries.Where(delivery => delivery.SentMs == 0).Select(delivery => delivery.Channel).Distinct().ToList();
        return string.Join("; ", new[] { sent.Count > 0 ? $"notified {string.Join(", ", sent)}" : "", stuck.Count > 0 ? $"NOT notified {string.Join(", ", stuck)}" : "" }.Where(part => part.Length > 0));
    }
}
