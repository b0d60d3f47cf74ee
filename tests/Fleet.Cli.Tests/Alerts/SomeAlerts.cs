using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Alerts;

/// <summary>Alerts for tests.</summary>
internal static class SomeAlerts
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    public static Alert Alert(string id = "a-1", Action<Alert>? change = null)
    {
        var alert = new Alert
        {
            Id = id, Scan = "oom", Pattern = "killed", AgentName = "web1", Severity = Severity.Critical, State = Protocol.V1.Alert.Types.State.Firing, Count = 4711,
            StartedMs = Ms(-600), FiredMs = Ms(-590), LastHitMs = Ms(-60), Hosts = { "web1" }, HostCount = 1, Examples = { "Killed process 1" },
        };
        change?.Invoke(alert);
        return alert;
    }

    public static long Ms(int seconds) => Now.AddSeconds(seconds).ToUnixTimeMilliseconds();
}
