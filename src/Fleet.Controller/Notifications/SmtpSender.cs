using System.Net.Sockets;
using Fleet.Protocol.V1;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Fleet.Controller.Notifications;

/// <summary>
/// Sends messages by mail (RFC 5321): over TLS from the first byte (RFC 8314) or by STARTTLS (RFC 3207) where the channel says so, and then never
/// without it.
/// </summary>
/// <remarks>
/// The server's certificate must be valid now, be meant for the host that the channel names, and come from an authority that this
/// host trusts (RFC 6125, RFC 7817). Nothing can be set to let another pass.
/// </remarks>
internal sealed class SmtpSender : IChannelSender
{
    // What RFC 8314, section 3, has for submission, and the port between mail servers.
    private const int ImplicitPort = 465;
    private const int SubmissionPort = 587;
    private const int MailPort = 25;

    /// <inheritdoc/>
    public NotificationChannel.KindOneofCase Kind => NotificationChannel.KindOneofCase.Smtp;

    // Mail servers take few connections from one sender; a storm is one mail.
    /// <inheritdoc/>
    public bool IsConcurrent => false;

    /// <inheritdoc/>
    public async Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken)
    {
        var smtp = channel.Smtp;
        var (security, port) = Of(smtp);
        var certificate = new ServerCertificateCheck();
        using var client = new SmtpClient
        {
            ServerCertificateValidationCallback = certificate.Check,
            // It would be asked for over the network, at servers that many a controller cannot reach.
            CheckCertificateRevocation = false,
        };
        try
        {
            using var mail = Mail(smtp, notification);
            await client.ConnectAsync(smtp.Host, smtp.Port > 0 ? (int)smtp.Port : port, security, cancellationToken);
            if (smtp.User.Length > 0)
                await client.AuthenticateAsync(smtp.User, smtp.Password, cancellationToken);
            await client.SendAsync(mail, cancellationToken);
        }
        catch (SslHandshakeException e) when (certificate.Fault.Length > 0)
        {
            throw new DeliveryException($"the certificate of the mail server is not valid for {smtp.Host}: {certificate.Fault}", e);
        }
        catch (SslHandshakeException e)
        {
            throw new DeliveryException($"{smtp.Host} does not speak TLS there as the channel says (tls: {Word(security)}): {e.InnerException?.Message ?? "the handshake failed"}", e);
        }
        catch (SmtpCommandException e)
        {
            throw new DeliveryException($"the mail server says {(int)e.StatusCode} {e.Message}", e);
        }
        catch (AuthenticationException e)
        {
            throw new DeliveryException($"the mail server does not take user and password: {e.Message}", e);
        }
        catch (Exception e) when (e is ProtocolException or SocketException or IOException or NotSupportedException or ParseException)
        {
            throw new DeliveryException(e.Message, e);
        }

        await LeaveAsync(client, cancellationToken);
    }

    private static (SecureSocketOptions Security, int Port) Of(Smtp smtp) => smtp.Security() switch
    {
        Smtp.Types.Tls.Implicit => (SecureSocketOptions.SslOnConnect, ImplicitPort),
        Smtp.Types.Tls.Starttls => (SecureSocketOptions.StartTls, SubmissionPort),
        _ => (SecureSocketOptions.None, MailPort),
    };

    private static string Word(SecureSocketOptions security) => security == SecureSocketOptions.SslOnConnect ? "implicit" : "starttls";

    // The server has taken the mail: what goes wrong from here on must not send it again.
    private static async Task LeaveAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ProtocolException or CommandException or IOException or SocketException)
        {
            // It has gone, or says nothing more.
        }
    }

    private static MimeMessage Mail(Smtp smtp, Notification notification)
    {
        var from = MailboxAddress.Parse(smtp.From);
        var mail = new MimeMessage
        {
            Subject = notification.Title,
            Body = new TextPart("plain") { Text = notification.Text },
            // The same for every attempt: mail systems drop repeats by it.
            MessageId = $"{notification.Id}@{from.Domain}",
        };
        mail.From.Add(from);
        mail.To.AddRange(smtp.To.Select(MailboxAddress.Parse));
        // RFC 3834: nobody's holiday is to answer.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        return mail;
    }
}
