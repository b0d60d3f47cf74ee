using Fleet.Controller.Alerts;
using Fleet.Controller.Tests.Link;
using Fleet.Controller.Tests.Notifications;
using Fleet.Controller.Tests.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Alerts;

/// <summary>From a report of an agent to the message that goes out, over real servers.</summary>
public sealed class AlertsServiceTests
{
    [Fact]
    public async Task A_thousand_lines_are_one_alert_with_a_true_count_and_one_message()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await ApplyAsync(controller, receiver);

        for (var part = 0; part < 10; part++)
            await agent.ReportAsync((ulong)part + 1, Enumerable.Range(1, 100).Select(id => SomeScans.Hit("oom", (part * 100) + id, $"Out of memory: {id}")));

        var alert = (await SomeScans.AlertsAsync(controller, alerts => alerts is [{ Count: 1000 }])).Single();
        (alert.State, alert.AgentName, alert.Severity).ShouldBe((Alert.Types.State.Firing, "web1", Severity.Error));
        alert.Examples.Count.ShouldBe(3);
        var message = await receiver.NextAsync();
        message.GetProperty("alerts")[0].GetProperty("alert").GetString().ShouldBe(alert.Id);
        message.GetProperty("status").GetString().ShouldBe("firing");
        await SomeScans.AlertsAsync(controller, alerts => alerts[0].Deliveries is [{ SentMs: > 0, Attempts: 1 }]);
        receiver.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task An_alert_is_found_by_its_id_and_a_list_says_when_it_is_not_whole()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("oom"), SomeScans.Scan("disk"));
        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1), SomeScans.Hit("disk", 2)]);
        var alerts = await SomeScans.AlertsAsync(controller, alerts => alerts.Count == 2);

        (await CallAsync((client, headers) => client.GetAlertAsync(new GetAlertRequest { Id = alerts[1].Id }, headers))).ShouldBe(alerts[1]);
        (await CallAsync((client, headers) => client.ListAlertsAsync(new ListAlertsRequest { Limit = 1 }, headers))).Truncated.ShouldBeTrue();
        (await CallAsync((client, headers) => client.ListAlertsAsync(new ListAlertsRequest { Limit = 2 }, headers))).Truncated.ShouldBeFalse();
        (await Should.ThrowAsync<RpcException>(() => CallAsync((client, headers) => client.GetAlertAsync(new GetAlertRequest { Id = "al-none" }, headers))))
            .StatusCode.ShouldBe(StatusCode.NotFound);

        Task<T> CallAsync<T>(Func<V1.Alerts.AlertsClient, Metadata, AsyncUnaryCall<T>> call) =>
            SomeScans.CallAsync(controller, (channel, headers) => call(new V1.Alerts.AlertsClient(channel), headers).ResponseAsync);
    }

    [Fact]
    public async Task A_restart_neither_forgets_an_alert_nor_tells_it_again()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var controller = await TestController.StartAsync();
        var record = await controller.EnrollAsync("web1");
        await ApplyAsync(controller, receiver);
        await using (var agent = await ScriptedAgent.LinkAsync(controller, record))
            await agent.ReportAsync(1, [SomeScans.Hit("oom", 1)]);
        var id = (await receiver.NextAsync()).GetProperty("alerts")[0].GetProperty("alert").GetString();
        await SomeScans.AlertsAsync(controller, alerts => alerts is [{ Deliveries: [{ SentMs: > 0 }] }]);

        await controller.RestartAsync();
        await using (var again = await ScriptedAgent.LinkAsync(controller, record))
            await again.ReportAsync(1, [SomeScans.Hit("oom", 1), SomeScans.Hit("oom", 2)]);

        (await SomeScans.AlertsAsync(controller, alerts => alerts is [{ Count: 2 }])).Single().Id.ShouldBe(id);
        receiver.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_that_does_not_get_through_is_tried_again_also_after_a_restart()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        receiver.AnswerWith(503);
        await ApplyAsync(controller, receiver);
        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1)]);
        var first = await receiver.NextAsync();
        var failed = await SomeScans.AlertsAsync(controller, alerts => alerts is [{ Deliveries: [{ Attempts: > 0 }] }]);
        failed[0].Deliveries[0].LastError.ShouldContain("HTTP 503");

        receiver.AnswerWith(200);
        await controller.RestartAsync();

        await SomeScans.AlertsAsync(controller, alerts => alerts is [{ Deliveries: [{ SentMs: > 0 }] }]);
        receiver.Waiting.ShouldBeGreaterThan(0);
        while (receiver.Waiting > 0)
            (await receiver.NextAsync()).GetProperty("id").GetString().ShouldBe(first.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_silence_holds_messages_back_until_it_is_deleted()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await ApplyAsync(controller, receiver);
        var silence = await CallAsync(controller, (alerts, headers) => alerts.CreateSilenceAsync(
            new CreateSilenceRequest { Scan = "o*", DurationMs = 3_600_000, Comment = "works" }, headers).ResponseAsync);

        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1)]);
        (await SomeScans.AlertsAsync(controller, alerts => alerts.Count == 1)).Single().SilenceId.ShouldBe(silence.Id);
        (await CallAsync(controller, (alerts, headers) => alerts.ListSilencesAsync(new ListSilencesRequest(), headers).ResponseAsync))
            .Silences.ShouldBe([silence]);
        receiver.Waiting.ShouldBe(0);

        await CallAsync(controller, (alerts, headers) => alerts.DeleteSilenceAsync(new DeleteSilenceRequest { Id = silence.Id }, headers).ResponseAsync);
        (await receiver.NextAsync()).GetProperty("scan").GetString().ShouldBe("oom");
        (await SomeScans.AlertsAsync(controller)).Single().SilenceId.ShouldBeEmpty();
    }

    [Fact]
    public async Task Silences_that_are_made_at_once_are_all_heeded()
    {
        await using var controller = await TestController.StartAsync();
        var names = Enumerable.Range(1, 40).Select(i => $"scan{i}").ToArray();

        await Task.WhenAll(names.Select(name => SomeScans.CallAsync(controller, (channel, headers) => new V1.Alerts.AlertsClient(channel)
            .CreateSilenceAsync(new CreateSilenceRequest { Scan = name, DurationMs = 60_000 }, headers).ResponseAsync)));

        var book = controller.Services.GetRequiredService<SilenceCache>();
        Array.FindAll(names, name => book.Find(Alert(name), TimeProvider.System.GetUtcNow()) is null).ShouldBeEmpty();

        static AlertRecord Alert(string scan) => new()
        {
            Id = "al-1", Scan = scan, Pattern = "p", Fingerprint = scan, Severity = 1, State = AlertState.Firing, StartedAt = default, LastHitAt = default, Count = 1,
        };
    }

    [Fact]
    public async Task An_alert_is_acknowledged_by_its_operator()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("oom"));
        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1)]);
        var alert = (await SomeScans.AlertsAsync(controller, alerts => alerts.Count == 1)).Single();

        var reply = await CallAsync(controller, (alerts, headers) => alerts.AcknowledgeAlertsAsync(
            new AcknowledgeAlertsRequest { Ids = { alert.Id, "al-nosuch" }, Comment = "on it" }, headers).ResponseAsync);
        await agent.ReportAsync(2, [SomeScans.Hit("oom", 2)]);

        reply.Acknowledged.ShouldBe([alert.Id]);
        var after = (await SomeScans.AlertsAsync(controller, alerts => alerts is [{ Count: 2 }])).Single();
        (after.AcknowledgedBy, after.Acknowledgement).ShouldBe(("ann", "on it"));
        var nothing = await Should.ThrowAsync<RpcException>(() => CallAsync(controller, (alerts, headers) =>
            alerts.AcknowledgeAlertsAsync(new AcknowledgeAlertsRequest { Ids = { "al-nosuch" } }, headers).ResponseAsync));
        nothing.StatusCode.ShouldBe(StatusCode.NotFound);
    }

    [Fact]
    public async Task A_channel_can_be_tried()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var controller = await TestController.StartAsync();
        await ApplyAsync(controller, receiver);

        (await TestAsync(controller, "ops")).Delivered.ShouldBeTrue();
        (await receiver.NextAsync()).GetProperty("status").GetString().ShouldBe("test");
        receiver.AnswerWith(404);
        var failed = await TestAsync(controller, "ops");
        (failed.Delivered, failed.Error).ShouldBe((false, "HTTP 404: no"));
        (await Should.ThrowAsync<RpcException>(() => TestAsync(controller, "nosuch"))).StatusCode.ShouldBe(StatusCode.NotFound);
    }

    private static Task ApplyAsync(TestController controller, WebhookReceiver receiver) => SomeScans.ApplyAsync(controller, new ApplyScansRequest
    {
        Channels = { SomeScans.Webhook("ops", receiver.Url) },
        Scans = { SomeScans.Scan("oom", change: scan => scan.Alert.Notify.Add("ops")) },
    });

    private static Task<TestChannelReply> TestAsync(TestController controller, string name) =>
        CallAsync(controller, (alerts, headers) => alerts.TestChannelAsync(new TestChannelRequest { Name = name }, headers).ResponseAsync);

    private static Task<T> CallAsync<T>(TestController controller, Func<V1.Alerts.AlertsClient, Metadata, Task<T>> call) =>
        SomeScans.CallAsync(controller, (channel, headers) => call(new V1.Alerts.AlertsClient(channel), headers));
}
