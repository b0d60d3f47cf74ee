using System.Net;
using System.Net.Mail;
using System.Security.Authentication;
using System.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Sends messages by mail (RFC 5321; STARTTLS, RFC 3207, where the channel says so: then never without it).</summary>
/// <remarks>
/// With STARTTLS the server's certificate must be valid now, be meant for the host that the channel names, and come from an authority that this
/// host trusts (RFC 6125, RFC 7817). Nothing can be set to let another pass.
/// </remarks>
internal sealed class SmtpSender : IChannelSender
{
    // RFC 6409: the port of submission, which is where STARTTLS is spoken. Else the one between mail servers.
    private const int SubmissionPort = 587;
    private const int MailPort = 25;

    /// <inheritdoc/>
    public NotificationChannel.KindOneofCase Kind => NotificationChannel.KindOneofCase.Smtp;

    // Mail servers take few connections from one sender; a storm is one mail.
    /// <inheritdoc/>
    public bool IsConcurrent => false;

    /// <inheritdoc/>
    public async Task SendAsync(NotificationChannel channel, Notice notice, CancellationToken cancellationToken)
    {
        var smtp = channel.Smtp;
        using var mail = Mail(smtp, notice);
        using var client = new SmtpClient(smtp.Host, smtp.Port > 0 ? (int)smtp.Port : smtp.StartTls ? SubmissionPort : MailPort)
        {
            EnableSsl = smtp.StartTls,
            Credentials = smtp.User.Length > 0 ? new NetworkCredential(smtp.User, smtp.Password) : null,
        };
        try
        {
            await client.SendMailAsync(mail, cancellationToken);
        }
        catch (Exception e) when ((e as AuthenticationException ?? e.InnerException as AuthenticationException) is { } distrust)
        {
            throw new DeliveryException($"the certificate of the mail server does not do for {smtp.Host}: {distrust.Message}", e);
        }
        catch (SmtpException e)
        {
            // "Failure sending mail" says nothing; what lies beneath does.
            throw new DeliveryException(e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message, e);
        }
    }

    private static MailMessage Mail(Smtp smtp, Notice notice)
    {
        var mail = new MailMessage
        {
            From = new MailAddress(smtp.From),
            Subject = notice.Title,
            SubjectEncoding = Encoding.UTF8,
            Body = notice.Text,
            BodyEncoding = Encoding.UTF8,
        };
        foreach (var to in smtp.To)
            mail.To.Add(new MailAddress(to));
        // The same for every attempt: mail systems drop repeats by it.
        mail.Headers.Add("Message-ID", $"<{notice.Id}@{mail.From.Host}>");
        // RFC 3834: nobody's holiday is to answer.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        return mail;
    }
}
