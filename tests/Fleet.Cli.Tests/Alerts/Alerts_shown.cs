using Fleet.Cli.Alerts;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Alerts;

public sealed class Alerts_shown
{
    [Fact]
    public void A_row_says_what_where_how_often_and_who_was_told()
    {
        var (screen, text) = Some.Screen();
        AlertTables.List(screen,
        [
            SomeAlerts.Alert("a-1", alert => alert.Deliveries.Add([new Delivery { Channel = "ops", SentMs = 1 }, new Delivery { Channel = "pager", LastError = "refused" }])),
            SomeAlerts.Alert("a-2", alert => (alert.AgentName, alert.HostCount, alert.AcknowledgedBy) = ("", 3, "anna")),
            SomeAlerts.Alert("a-3", alert => (alert.SilenceId, alert.State) = ("s-1", Alert.Types.State.Pending)),
        ], SomeAlerts.Now);
        text.ToString().Split('\n').ShouldBe(
        [
            "ALERT\tSTATE\tSEVERITY\tRULE\tHOSTS\tHITS\tSINCE\tLAST HIT\tNOTIFIED",
            "a-1\tfiring\tcritical\toom/killed\tweb1\t4711\t10 min ago\t60 s ago\tnotified ops; NOT notified pager",
            "a-2\tfiring\tcritical\toom/killed\tweb1 ... (3)\t4711\t10 min ago\t60 s ago\tack by anna",
            "a-3\tpending\tcritical\toom/killed\tweb1\t4711\t10 min ago\t60 s ago\tsilenced (s-1)",
            "fleet: 3 alerts, 2 firing",
            "",
        ]);
    }

    [Fact]
    public void An_alert_tells_its_deliveries()
    {
        var (screen, text) = Some.Screen();
        AlertTables.Show(screen, SomeAlerts.Alert(change: alert => alert.Deliveries.Add(
        [
            new Delivery { Channel = "ops", Status = "firing", SentMs = SomeAlerts.Ms(0), Attempts = 2 },
            new Delivery { Channel = "mail", Status = "firing", Attempts = 9, LastError = "connection refused", GivenUp = true },
        ])), SomeAlerts.Now);
        text.ToString().ShouldContain($"firing to ops\tsent {TimeText.Local(SomeAlerts.Ms(0))}, attempt 2\n");
        text.ToString().ShouldContain("firing to mail\tgiven up after 9 attempts: connection refused\n");
        text.ToString().ShouldContain("example\tKilled process 1\n");
    }

    [Fact]
    public void Silences_name_what_they_are_for()
    {
        var (screen, text) = Some.Screen();
        AlertTables.Silences(screen, [new Silence { Id = "s-1", Scan = "oom", ExpiresMs = SomeAlerts.Ms(0), CreatedBy = "anna", Comment = "new disk" }]);
        text.ToString().ShouldEndWith($"s-1\toom\t*\t*\t{TimeText.Local(SomeAlerts.Ms(0))}\tanna\tnew disk\n");
    }
}
