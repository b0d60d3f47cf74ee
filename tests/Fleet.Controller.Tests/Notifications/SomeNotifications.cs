using Fleet.Controller.Notifications;
using Fleet.Controller.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Tests.Notifications;

internal static class SomeNotifications
{
    public static Notification Firing(Action<Alert>? change = null)
    {
        var alert = new Alert
        {
            Id = "al-1", Scan = "oom", Pattern = "kill", Severity = Severity.Error, AgentName = "web1", Count = 12, Template = "killed <*>",
            StartedMs = 1_795_262_400_000, LastHitMs = 1_795_262_401_000, HostCount = 2, Hosts = { "web1", "web2" }, Examples = { "killed <init> & co\n.line of its own" },
        };
        change?.Invoke(alert);
        return new Notification("al-1-7", "firing", alert);
    }

    /// <summary>All scans and channels in memory.</summary>
    public static ScanRegistry Registry(params NotificationChannel[] channels)
    {
        var registry = new ScanRegistry();
        registry.Replace(new ScanCatalog([], [.. channels.Select(channel => new ChannelRecord(channel.Name, channel.ToByteArray()))]));
        return registry;
    }

    /// <summary>What the judge would commit: an alert, and its messages.</summary>
    public static AlertCommit Commit(string id, DateTimeOffset at, params (string Channel, string Status)[] messages) =>
        Storm(at, [(id, "kill", 3)], messages);

    /// <summary>What the judge would commit of a storm: alerts, each with all messages.</summary>
    public static AlertCommit Storm(DateTimeOffset at, IReadOnlyList<(string Id, string Pattern, int Severity)> alerts, params (string Channel, string Status)[] messages) => new(
        null,
        [
            .. alerts.Select(alert => new AlertRecord
            {
                Id = alert.Id, Scan = "oom", Pattern = alert.Pattern, Fingerprint = alert.Id, Severity = alert.Severity, State = AlertState.Firing, StartedAt = at, LastHitAt = at, Count = 1,
            }),
        ],
        [
            .. alerts.SelectMany(_ => messages, (alert, message) => new NewDelivery(alert.Id, message.Channel, message.Status, Message(alert.Id, alert.Pattern), at)
            {
                Severity = alert.Severity,
            }),
        ]);

    private static byte[] Message(string id, string pattern) =>
        new Alert { Id = id, Scan = "oom", Pattern = pattern, AgentName = "web-" + id, Hosts = { "web-" + id }, HostCount = 1, Count = 2 }.ToByteArray();
}
