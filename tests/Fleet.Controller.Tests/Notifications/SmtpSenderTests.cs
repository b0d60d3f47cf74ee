using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fleet.Controller.Notifications;
using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Notifications;

[SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class SmtpSenderTests : IAsyncLifetime
{
    private readonly MailServer _server = new();
    private readonly SmtpSender _sender = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_mail_says_in_its_subject_what_fires_and_in_its_text_the_rest()
    {
        await SendAsync(change: null);

        var mail = await _server.NextAsync();
        mail.From.ShouldContain("<fleet@example.org>");
        mail.To.Count.ShouldBe(2);
        Header(mail, "Subject").ShouldBe("[FIRING] error: oom/kill on web1");
        Header(mail, "Message-ID").ShouldBe("<al-1-7@example.org>");
        Header(mail, "Auto-Submitted").ShouldBe("auto-generated");
        Body(mail).ShouldContain("12 lines since 2026-11-21T12:00:00.000Z");
        Body(mail).ShouldContain("> .line of its own");
    }

    [Fact]
    public async Task A_user_logs_in_first()
    {
        await SendAsync(smtp => (smtp.User, smtp.Password) = ("fleet", "secret"));

        (await _server.NextAsync()).Login.ShouldBe("fleet:secret");
    }

    [Fact]
    public async Task Nothing_is_sent_in_clear_where_the_channel_asks_for_tls()
    {
        var words = new List<string>();
        _server.Answer = word =>
        {
            words.Add(word);
            return null;
        };

        await Should.ThrowAsync<DeliveryException>(() => SendAsync(smtp => (smtp.StartTls, smtp.User, smtp.Password) = (true, "fleet", "secret")));

        words.ShouldNotContain("AUTH");
        words.ShouldNotContain("MAIL");
    }

    [Fact]
    public async Task A_mail_server_whose_certificate_nobody_vouches_for_gets_neither_the_password_nor_the_mail()
    {
        using var certificate = MailCertificate.SelfSigned("localhost");
        _server.Certificate = certificate;
        var words = new List<string>();
        _server.Answer = word =>
        {
            words.Add(word);
            return null;
        };

        var fault = await Should.ThrowAsync<DeliveryException>(
            () => SendAsync(smtp => (smtp.Host, smtp.StartTls, smtp.User, smtp.Password) = ("localhost", true, "fleet", "secret")));

        fault.Message.ShouldContain("certificate");
        fault.Message.ShouldContain("localhost");
        words.ShouldContain("STARTTLS");
        words.ShouldNotContain("AUTH");
        words.ShouldNotContain("MAIL");
    }

    [Theory]
    [InlineData("MAIL", "451 later, please", "later, please")]
    [InlineData("RCPT", "550 nobody here", "nobody here")]
    [InlineData("DATA", "554 no", "no")]
    public async Task What_the_server_refuses_is_told_in_its_words(string word, string answer, string fault)
    {
        _server.Answer = said => said == word ? answer : null;

        (await Should.ThrowAsync<DeliveryException>(() => SendAsync(change: null))).Message.ShouldContain(fault);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_fault() =>
        await Should.ThrowAsync<DeliveryException>(() => SendAsync(smtp => smtp.Port = 1));

    [Fact]
    public async Task A_server_that_says_nothing_is_left_when_the_time_is_over()
    {
        _server.IsMute = true;
        using var stop = new CancellationTokenSource();
        var sending = SendAsync(change: null, stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => sending);
    }

    private Task SendAsync(Action<Smtp>? change, CancellationToken cancellationToken = default)
    {
        var smtp = new Smtp { Host = "127.0.0.1", Port = (uint)_server.Port, From = "fleet@example.org", To = { "ann@example.org", "bob@example.org" } };
        change?.Invoke(smtp);
        return _sender.SendAsync(new NotificationChannel { Name = "mail", Smtp = smtp }, SomeNotices.Firing(), cancellationToken)
            .WaitAsync(TestController.Patience, CancellationToken.None);
    }

    private static string Header(MailServer.Mail mail, string name) =>
        mail.Lines.First(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];

    private static string Body(MailServer.Mail mail)
    {
        var text = string.Join("\r\n", mail.Lines.SkipWhile(line => line.Length > 0).Skip(1));
        return Header(mail, "Content-Transfer-Encoding") == "base64" ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : text;
    }
}
