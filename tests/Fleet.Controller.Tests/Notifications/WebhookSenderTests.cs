using System.Net;
using System.Net.Sockets;
using Fleet.Controller.Notifications;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Controller.Tests.Link;
using Fleet.Controller.Tests.Scans;
using Fleet.Protocol.V1;
using static Fleet.Protocol.V1.Webhook.Types;

namespace Fleet.Controller.Tests.Notifications;

public sealed class WebhookSenderTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly WebhookSender _sender;

    public WebhookSenderTests() => _sender = new WebhookSender(_time);

    public void Dispose() => _sender.Dispose();

    [Fact]
    public async Task Fleets_own_form_says_everything_by_name()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var channel = SomeScans.Webhook("ops", receiver.Url);
        channel.Webhook.Headers["Authorization"] = "Bearer word";

        await SendAsync(channel);

        var json = await receiver.NextAsync();
        (json.GetProperty("v").GetInt32(), json.GetProperty("type").GetString(), json.GetProperty("status").GetString()).ShouldBe((1, "notification", "firing"));
        json.GetProperty("id").GetString().ShouldBe("al-1-7");
        json.GetProperty("alerts")[0].GetProperty("host").GetString().ShouldBe("web1");
        json.GetProperty("count").GetInt64().ShouldBe(12);
        json.GetProperty("started_at").GetString().ShouldBe("2026-11-21T12:00:00.000Z");
        json.GetProperty("title").GetString().ShouldBe("[FIRING] error: oom/kill on web1");
        receiver.Headers["Fleet-Delivery"].ToString().ShouldBe("al-1-7");
        receiver.Headers.Authorization.ToString().ShouldBe("Bearer word");
    }

    [Theory]
    [InlineData(Form.Slack, "text", "> killed &lt;init&gt; &amp; co\n> .line of its own")]
    [InlineData(Form.Dingtalk, "text.content", "> killed <init> & co\n> .line of its own")]
    [InlineData(Form.Feishu, "content.text", "> killed <init> & co\n> .line of its own")]
    public async Task Each_form_is_what_its_receiver_reads(Form form, string path, string example)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var channel = SomeScans.Webhook("ops", receiver.Url);
        channel.Webhook.Form = form;

        await SendAsync(channel);

        var json = await receiver.NextAsync();
        foreach (var part in path.Split('.'))
            json = json.GetProperty(part);
        var text = json.GetString().ShouldNotBeNull();
        text.ShouldStartWith("[FIRING] error: oom/kill on web1\n12 lines since 2026-11-21T12:00:00.000Z on web[1-2]");
        text.ShouldContain(example);
    }

    [Theory]
    [InlineData(Form.Slack, "text", "<!channel> help", "&lt;!channel&gt; help")]
    [InlineData(Form.Feishu, "content.text", "<at user_id=\"all\">all</at> help", "< at user_id=\"all\">all< /at> help")]
    [InlineData(Form.Feishu, "content.text", "< AT id=all></ at >", "<  AT id=all>< / at >")]
    [InlineData(Form.Feishu, "content.text", "<attribute> & </br>", "<attribute> & </br>")]
    [InlineData(Form.Dingtalk, "text.content", "<at id=1> @all", "< at id=1> @all")]
    public async Task A_log_line_cannot_call_people(Form form, string path, string line, string sent)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var channel = SomeScans.Webhook("ops", receiver.Url);
        channel.Webhook.Form = form;
        var notification = SomeNotifications.Firing();
        notification.Alert.Examples.Clear();
        notification.Alert.Examples.Add(line);

        await _sender.SendAsync(channel, notification, CancellationToken.None).WaitAsync(TestController.Patience);

        var json = await receiver.NextAsync();
        if (form == Form.Dingtalk)
            json.GetProperty("at").GetProperty("isAtAll").GetBoolean().ShouldBeFalse();
        foreach (var part in path.Split('.'))
            json = json.GetProperty(part);
        json.GetString().ShouldNotBeNull().ShouldContain("> " + sent);
    }

    [Theory]
    [InlineData(Form.Dingtalk, 200, """{"errcode":310000,"errmsg":"keywords not in content"}""", "errcode 310000: keywords not in content")]
    [InlineData(Form.Feishu, 200, """{"code":19021,"msg":"sign match fail"}""", "code 19021: sign match fail")]
    [InlineData(Form.Dingtalk, 200, """{"errcode":0,"errmsg":"ok"}""", "")]
    [InlineData(Form.Generic, 200, """{"code":5}""", "")]
    [InlineData(Form.Slack, 404, "no_service", "HTTP 404: no_service")]
    [InlineData(Form.Generic, 302, "elsewhere", "HTTP 302: elsewhere")]
    public async Task A_refusal_is_told_also_where_the_status_says_yes(Form form, int status, string body, string fault)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.AnswerWith(status, body);
        var channel = SomeScans.Webhook("ops", receiver.Url);
        channel.Webhook.Form = form;

        if (fault.Length == 0)
            await SendAsync(channel);
        else
            (await Should.ThrowAsync<DeliveryException>(() => SendAsync(channel))).Message.ShouldContain(fault);
    }

    [Theory]
    [InlineData(Form.Slack, 429, "Retry-After: 30", "rate_limited", true, 30)]
    [InlineData(Form.Generic, 429, "", "", true, null)]
    [InlineData(Form.Generic, 503, "Retry-After: 7", "", true, 7)]
    [InlineData(Form.Generic, 503, "", "", false, null)]
    [InlineData(Form.Generic, 500, "Retry-After: 7", "", false, 7)]
    // By the receiver's clock, whatever ours shows.
    [InlineData(Form.Generic, 429, "Date: Fri, 04 Dec 2026 10:00:00 GMT\nRetry-After: Fri, 04 Dec 2026 10:01:30 GMT", "", true, 90)]
    [InlineData(Form.Generic, 429, "Date: Fri, 04 Dec 2026 10:00:00 GMT\nRetry-After: Fri, 04 Dec 2026 09:00:00 GMT", "", true, -3600)]
    [InlineData(Form.Generic, 429, "Retry-After: soon", "", true, null)]
    [InlineData(Form.Dingtalk, 200, "", """{"errcode":130101,"errmsg":"send too fast"}""", true, null)]
    [InlineData(Form.Feishu, 200, "", """{"code":9499,"msg":"too many request"}""", true, null)]
    [InlineData(Form.Feishu, 200, "", """{"code":19021,"msg":"sign match fail"}""", false, null)]
    public async Task A_limit_of_the_rate_is_told_apart_from_a_fault_with_how_long_to_wait(
        Form form, int status, string headers, string body, bool isThrottled, int? seconds)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.AnswerWith(status, body, headers.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var channel = SomeScans.Webhook("ops", receiver.Url);
        channel.Webhook.Form = form;

        var fault = await Should.ThrowAsync<DeliveryException>(() => SendAsync(channel));

        (fault.IsThrottled, fault.RetryAfter?.TotalSeconds).ShouldBe((isThrottled, seconds));
    }

    [Fact]
    public async Task A_receiver_that_says_yes_and_never_ends_its_answer_has_said_yes()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var sending = SendAsync(SomeScans.Webhook("ops", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        using var receiver = await listener.AcceptTcpClientAsync().WaitAsync(TestController.Patience);
        await receiver.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"u8.ToArray());

        await sending;
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_a_fault_without_the_secret_of_its_address()
    {
        var channel = SomeScans.Webhook("ops", "http://127.0.0.1:1/secret");

        (await Should.ThrowAsync<DeliveryException>(() => SendAsync(channel))).Message.ShouldNotContain("secret");
    }

    private Task SendAsync(NotificationChannel channel) =>
        _sender.SendAsync(channel, SomeNotifications.Firing(), CancellationToken.None).WaitAsync(TestController.Patience);
}
