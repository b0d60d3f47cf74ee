using Fleet.Harness;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fleet.EndToEnd.Scans;

/// <summary>The controller is killed again and again while an agent reports: no hit is lost or stored twice, no alert is forgotten or made twice.</summary>
public sealed class Alerts_that_outlive_the_controller : IAsyncLifetime
{
    private const int Kills = 5;
    private const int Reports = 150;
    private const int HitsPerReport = 4;

    // The default of notify.maxConcurrent.
    private const int OnTheirWay = 8;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private FleetOnThisMachine _fleet = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _fleet = await FleetOnThisMachine.StartAsync("--set", "notify.initialBackoff=200ms");

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task A_controller_that_is_killed_stores_each_hit_once_and_makes_each_alert_once()
    {
        await using var webhook = new WebhookLog();
        using var agent = await HandmadeIdentity.JoinAsync(_fleet.Controller.Address, await _fleet.CreateTokenAsync(), "web1");
        using var admin = await HandmadeIdentity.JoinAsync(_fleet.Controller.Address, await _fleet.CreateTokenAsync("--operator", "admin"), "ann");
        using (var channel = admin.Connect())
            await new Protocol.V1.Scans.ScansClient(channel).ApplyScansAsync(Request(webhook.Url));

        // Each report has hits of a pattern of its own, and of all before it: every report makes one alert and adds to others.
        var chance = new Random(7);
        var acknowledged = 0;
        for (var life = 0; life <= Kills; life++)
        {
            using var stop = new CancellationTokenSource();
            var reporting = ReportAsync(agent, acknowledged, done => Volatile.Write(ref acknowledged, done), stop.Token);
            var until = Reports * (life + 1) / (Kills + 1);
            await Patience.UntilAsync($"{until} reports are acknowledged", () => Volatile.Read(ref acknowledged) >= until, s_patience);
            if (life == Kills)
                break;
            await Task.Delay(chance.Next(30), CancellationToken.None);
            await _fleet.Controller.KillAsync();
            await stop.CancelAsync();
            await reporting;
            await _fleet.Controller.StartAsync();
        }

        using var look = admin.Connect();
        var scans = new Protocol.V1.Scans.ScansClient(look);
        (await scans.GetScanAsync(new GetScanRequest { Name = "all" })).Overview.Hits.ShouldBe((ulong)(Reports * HitsPerReport));
        await Patience.UntilAsync("every alert is told", () => webhook.Taken.Values.Select(taken => taken.Pattern).Distinct().Count() == Reports, s_patience);
        await Patience.UntilAsync(
            "every hit is judged", async () => (await AlertsAsync(look)).Sum(alert => (long)alert.Count) == Reports * HitsPerReport, s_patience);

        (await AlertsAsync(look)).GroupBy(alert => alert.Pattern).ShouldAllBe(group => group.Count() == 1);
        // One message an alert. Between sending and writing that down lies a kill at worst: then what was on its way comes again under its id.
        webhook.Taken.Values.GroupBy(taken => taken.Alert).ShouldAllBe(group => group.Count() == 1);
        webhook.Taken.Values.Sum(taken => taken.Times - 1).ShouldBeLessThanOrEqualTo(Kills * OnTheirWay);
    }

    private static async Task<IReadOnlyList<Alert>> AlertsAsync(GrpcChannel channel) =>
        (await new Protocol.V1.Alerts.AlertsClient(channel).ListAlertsAsync(new ListAlertsRequest { All = true, Limit = 1000 })).Alerts;

    // Reports from behind the last one acknowledged, as an agent does after a cut; ends with the connection.
    private static async Task ReportAsync(HandmadeIdentity agent, int from, Action<int> done, CancellationToken cancellationToken)
    {
        try
        {
            using var channel = agent.Connect();
            using var call = new AgentLink.AgentLinkClient(channel).Connect(cancellationToken: cancellationToken);
            var hello = new Hello { ProtocolVersion = 1, AgentVersion = "handmade", BootId = "b", JournalId = "j", ProcessId = Guid.NewGuid().ToString("N"), Facts = new Facts() };
            await call.RequestStream.WriteAsync(new AgentMessage { Hello = hello }, cancellationToken);
            var writing = WriteAsync();
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                if (call.ResponseStream.Current.ScanReportAck is { } ack)
                    done((int)ack.Number);
            }

            await writing;

            async Task WriteAsync()
            {
                for (var number = from + 1; number <= Reports; number++)
                    await call.RequestStream.WriteAsync(new AgentMessage { ScanReport = Report(number) }, cancellationToken);
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException or InvalidOperationException)
        {
            // The controller was killed.
        }
    }

    private static ScanReport Report(int number)
    {
        var report = new ScanReport { Number = (ulong)number, SpoolId = "handmade" };
        for (var i = 0; i < HitsPerReport; i++)
        {
            report.Hits.Add(new Hit
            {
                Id = ByteString.CopyFrom(BitConverter.GetBytes((number * HitsPerReport) + i)), Scan = "all", Severity = Severity.Error, Source = "/var/log/app.log",
                Pattern = $"p{(i == 0 ? number : Math.Max(1, number - i))}", Text = ByteString.CopyFromUtf8($"line {number}.{i}"), Template = "line <*>",
            });
        }

        return report;
    }

    private static ApplyScansRequest Request(string url) => new()
    {
        Channels = { new NotificationChannel { Name = "ops", Webhook = new Webhook { Url = url } } },
        Scans =
        {
            new ScanDefinition
            {
                Name = "all",
                Target = "all",
                Order = new ScanOrder
                {
                    Sources = { new LogSource { Files = new FileLogSource { Path = "/var/log/app.log" } } },
                    Patterns = { new ScanPattern { Pattern = new LogPattern { Text = "." } } },
                },
                Alert = new AlertRule { Notify = { "ops" }, ResolveAfterMs = 86_400_000 },
            },
        },
    };
}
