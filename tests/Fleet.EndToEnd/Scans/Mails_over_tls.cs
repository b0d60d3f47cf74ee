using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Tests.Notifications;
using Fleet.Harness;

namespace Fleet.EndToEnd.Scans;

/// <summary>A real controller sends mail over TLS: a real handshake, a certificate that is really looked at, and a mail server of Debian's.</summary>
public sealed class Mails_over_tls : IAsyncLifetime
{
    private FleetOnThisMachine _fleet = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _fleet = await FleetOnThisMachine.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task A_mail_goes_out_over_tls_where_an_authority_that_is_trusted_vouches_for_the_host_and_else_not()
    {
        // 1. The controller's host trusts one authority.
        var (authority, good) = MailCertificate.Issued("localhost");
        var (_, bad) = MailCertificate.Issued("localhost");
        using var owned = authority;
        var trusted = Path.Combine(_fleet.Directory, "authorities.pem");
        await File.WriteAllTextAsync(trusted, authority.ExportCertificatePem());
        await _fleet.Controller.StopAsync();
        _fleet.Controller.Environment = new Dictionary<string, string> { ["SSL_CERT_FILE"] = trusted };
        await _fleet.Controller.StartAsync();

        // 2. What it vouches for gets the password, and the mail.
        await using var server = new MailServer();
        await ApplyAsync(server.Port);
        server.Certificate = good;
        var sent = await _fleet.Admin.RunAsync("alerts", "test", "mail");
        sent.ExitCode.ShouldBe(0, sent + _fleet.Controller.Output);
        var mail = await server.NextAsync();
        mail.Tls.ShouldBeOneOf(SslProtocols.Tls12, SslProtocols.Tls13);
        mail.Login.ShouldBe("fleet:secret");
        mail.Lines.ShouldContain(line => line.StartsWith("Subject: [TEST]", StringComparison.Ordinal));

        // 3. Another authority's certificate for the same name does not, and neither does one for another name.
        server.Certificate = bad;
        await RefusedAsync(server);
        var (other, elsewhere) = MailCertificate.Issued("mail.example.org");
        await File.WriteAllTextAsync(trusted, other.ExportCertificatePem());
        await _fleet.Controller.StopAsync();
        await _fleet.Controller.StartAsync();
        server.Certificate = elsewhere;
        await RefusedAsync(server);
        foreach (var certificate in (X509Certificate2[])[good, bad, other, elsewhere])
            certificate.Dispose();
    }

    [ToolFact("python3-aiosmtpd")]
    public async Task A_mail_server_of_somebody_else_takes_the_mail_over_implicit_tls_and_by_starttls()
    {
        var (authority, certificate) = MailCertificate.Issued("localhost");
        using var owned = authority;
        using var shown = certificate;
        var (trusted, pem) = (Path.Combine(_fleet.Directory, "authorities.pem"), Path.Combine(_fleet.Directory, "mail.pem"));
        await File.WriteAllTextAsync(trusted, authority.ExportCertificatePem());
        await File.WriteAllTextAsync(pem, $"{certificate.ExportCertificatePem()}\n{certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        await _fleet.Controller.StopAsync();
        _fleet.Controller.Environment = new Dictionary<string, string> { ["SSL_CERT_FILE"] = trusted };
        await _fleet.Controller.StartAsync();
        foreach (var tls in (string[])["implicit", "starttls"])
        {
            await using var server = await ForeignMailServer.StartAsync(pem, tls);

            await ApplyAsync(server.Port, $"tls: {tls}");
            var sent = await _fleet.Admin.RunAsync("alerts", "test", "mail");
            sent.ExitCode.ShouldBe(0, sent + _fleet.Controller.Output + server.Errors);
            var mail = await server.NextAsync();
            mail.ShouldStartWith("fleet:secret fleet@example.org ann@example.org TLSv1.");
            mail.ShouldContain("Subject: [TEST]");
        }
    }

    private async Task RefusedAsync(MailServer server)
    {
        var words = new List<string>();
        server.Answer = word =>
        {
            words.Add(word);
            return null;
        };
        var refused = await _fleet.Admin.RunAsync("alerts", "test", "mail");
        refused.ExitCode.ShouldBe(1, refused.ToString());
        refused.Stderr.ShouldContain("the certificate of the mail server is not valid for localhost");
        words.ShouldContain("STARTTLS");
        words.ShouldNotContain("AUTH");
        words.ShouldNotContain("MAIL");
        server.Answer = _ => null;
    }

    private async Task ApplyAsync(int port, string tls = "start_tls: true")
    {
        var path = Path.Combine(_fleet.Directory, "mail.yaml");
        await File.WriteAllTextAsync(path, $"""
            channels:
              - name: mail
                smtp: {"{"}host: localhost, port: {port}, from: fleet@example.org, to: [ann@example.org], user: fleet, password: secret, {tls}{"}"}
            """);
        var applied = await _fleet.Admin.RunAsync("scan", "apply", "-f", path);
        applied.ExitCode.ShouldBe(0, applied.ToString());
    }
}
