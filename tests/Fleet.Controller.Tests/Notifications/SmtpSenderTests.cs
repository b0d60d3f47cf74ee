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
    [InlineData("mail.example.org", "it is for another name (mail.example.org)")]
    [InlineData("localhost", "this host trusts no authority that vouches for it (issued by CN=")]
    public async Task Over_tls_from_the_first_byte_nothing_is_said_before_the_certificate_does(string name, string why)
    {
        using var certificate = MailCertificate.SelfSigned(name);
        (_server.Certificate, _server.IsImplicit) = (certificate, true);
        var words = new List<string>();
        _server.Answer = word =>
        {
            words.Add(word);
            return null;
        };

        var fault = await Should.ThrowAsync<DeliveryException>(
            () => SendAsync(smtp => (smtp.Host, smtp.Tls, smtp.User, smtp.Password) = ("localhost", Smtp.Types.Tls.Implicit, "fleet", "secret")));

        fault.Message.ShouldStartWith("the certificate of the mail server is not valid for localhost: ");
        fault.Message.ShouldContain(why);
        words.ShouldBeEmpty();
    }

    [Fact]
    public async Task Tls_from_the_first_byte_where_the_server_speaks_none_is_told()
    {
        var fault = await Should.ThrowAsync<DeliveryException>(() => SendAsync(smtp => smtp.Tls = Smtp.Types.Tls.Implicit));

        fault.Message.ShouldStartWith("127.0.0.1 does not speak TLS there as the channel says (tls: implicit)");
    }

    [Fact]
    public async Task A_user_whom_the_server_does_not_know_is_told_without_the_password()
    {
        _server.Answer = word => word == "AUTH" ? "535 no such user" : null;

        var fault = await Should.ThrowAsync<DeliveryException>(() => SendAsync(smtp => (smtp.User, smtp.Password) = ("fleet", "secret")));

        fault.Message.ShouldBe("the mail server does not take user and password: 535: no such user");
    }

    [Fact]
    public async Task A_server_that_goes_away_after_it_has_taken_the_mail_has_taken_it()
    {
        _server.Answer = word => word == "QUIT" ? "421 going down" : null;

        await SendAsync(change: null);

        (await _server.NextAsync()).To.Count.ShouldBe(2);
    }

    [Fact]
    public void What_channels_of_before_say_of_tls_still_counts()
    {
        new Smtp().Security().ShouldBe(Smtp.Types.Tls.None);
        new Smtp { StartTls = true }.Security().ShouldBe(Smtp.Types.Tls.Starttls);
        new Smtp { StartTls = true, Tls = Smtp.Types.Tls.Implicit }.Security().ShouldBe(Smtp.Types.Tls.Implicit);
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
        return _sender.SendAsync(new NotificationChannel { Name = "mail", Smtp = smtp }, SomeNotifications.Firing(), cancellationToken)
            .WaitAsync(TestController.Patience, CancellationToken.None);
    }

    private static string Header(MailServer.Mail mail, string name) =>
        mail.Lines.First(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))[(name.Length + 2)..];

    private static string Body(MailServer.Mail mail)
    {
        var text = string.Join("\r\n", mail.Lines.SkipWhile(line => line.Length > 0).Skip(1));
        return mail.Lines.Contains("Content-Transfer-Encoding: base64") ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : text;
    }
}
