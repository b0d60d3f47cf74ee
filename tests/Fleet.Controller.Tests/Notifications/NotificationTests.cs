using System.Text.Json;
using Fleet.Controller.Notifications;
using Fleet.Protocol.V1;
using static Fleet.Protocol.V1.Webhook.Types;

namespace Fleet.Controller.Tests.Notifications;

/// <summary>What one message says of many alerts, in each form.</summary>
public sealed class NotificationTests
{
    private readonly Notification _storm = Notification.Of([.. Enumerable.Range(1, 1874).Select(Part)]);

    [Fact]
    public void The_title_says_how_many_alerts_on_how_many_hosts_at_their_most_severe() =>
        _storm.Title.ShouldBe("[FIRING] critical: sshd/guess on 1874 hosts (1874 alerts)");

    [Fact]
    public void Fleets_own_form_names_each_alert_with_the_id_of_its_own_message()
    {
        using var document = JsonDocument.Parse(_storm.Json());
        var json = document.RootElement;

        (json.GetProperty("v").GetInt32(), json.GetProperty("alert_count").GetInt32(), json.TryGetProperty("alert", out _)).ShouldBe((1, 1874, false));
        (json.GetProperty("host_count").GetInt32(), json.GetProperty("hosts").GetArrayLength(), json.GetProperty("count").GetInt32()).ShouldBe((1874, 1874, 1874 * 3));
        json.GetProperty("started_at").GetString().ShouldBe("2026-11-21T12:00:00.001Z");
        json.GetProperty("last_hit_at").GetString().ShouldBe("2026-11-21T12:00:01.874Z");
        var alerts = json.GetProperty("alerts").EnumerateArray().ToArray();
        (alerts.Length, alerts[6].GetProperty("notification").GetString(), alerts[6].GetProperty("alert").GetString()).ShouldBe((1874, "al-7-7", "al-7"));
        (alerts[6].GetProperty("host").GetString(), alerts[6].GetProperty("severity").GetString(), alerts[6].GetProperty("count").GetInt32()).ShouldBe(("web7", "warning", 3));
    }

    [Theory]
    [InlineData(Form.Slack, "text")]
    [InlineData(Form.Dingtalk, "text.content")]
    [InlineData(Form.Feishu, "content.text")]
    public void Forms_for_people_fold_the_hosts(Form form, string path)
    {
        using var document = JsonDocument.Parse(WebhookBody.Of(form, _storm));
        var json = document.RootElement;
        foreach (var part in path.Split('.'))
            json = json.GetProperty(part);

        json.GetString().ShouldBe(
            "[FIRING] critical: sshd/guess on 1874 hosts (1874 alerts)\n5622 lines since 2026-11-21T12:00:00.001Z on web[1-1874]\n"
            + "> line 1\n> line 2\n> line 3"
            + "\nfleet alerts; fleet hits --scan sshd");
    }

    [Fact]
    public void Hosts_that_do_not_fold_are_not_all_named()
    {
        var storm = Notification.Of([.. Enumerable.Range(0, 1000).Select(i => Part(i, new string((char)('a' + (i % 26)), 1 + (i / 26)) + "-host"))]);

        var line = storm.Text.Split('\n')[1];

        line.Length.ShouldBeLessThan(1700);
        line.ShouldMatch(@"^3000 lines since \S+ on .* and \d+ more$");
    }

    [Fact]
    public void One_alone_is_itself_and_the_same_many_have_the_same_id()
    {
        var one = Part(1);

        Notification.Of([one]).ShouldBeSameAs(one);
        Notification.Of([Part(1), Part(2)]).Id.ShouldBe(Notification.Of([Part(1), Part(2)]).Id);
        Notification.Of([Part(1), Part(2)]).Id.ShouldNotBe(Notification.Of([Part(1), Part(3)]).Id);
    }

    private static Notification Part(int number) => Part(number, $"web{number}");

    private static Notification Part(int number, string host) => new($"al-{number}-{number}", "firing", new Alert
    {
        Id = $"al-{number}", Scan = "sshd", Pattern = "guess", AgentName = host, Severity = number == 3 ? Severity.Critical : Severity.Warning, Count = 3,
        StartedMs = 1_795_262_400_000 + number, LastHitMs = 1_795_262_400_000 + number, HostCount = 1, Hosts = { host }, Examples = { $"line {number}" },
    });
}
