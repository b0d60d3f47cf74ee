using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;

namespace Fleet.Controller.Tests.Notifications;

/// <summary>Takes mail as RFC 5321 has it, as far as a sender needs; a test says how it answers a command.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Mail> _mails = Channel.CreateUnbounded<Mail>();
    private readonly Task _serving;

    public MailServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>What was sent.</summary>
    /// <param name="From">The sender of the envelope.</param>
    /// <param name="To">Its receivers.</param>
    /// <param name="Lines">The mail as it stood, dots taken away again.</param>
    /// <param name="Login">Name and password, where they were given.</param>
    /// <param name="Tls">The version of TLS by which it came; none where it came in clear.</param>
    public sealed record Mail(string From, IReadOnlyList<string> To, IReadOnlyList<string> Lines, string Login, SslProtocols Tls);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Answers by the command's first word; null: the usual one.</summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    /// <summary>What it shows who asks for STARTTLS; null: it does not offer that.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Whether it speaks TLS from the first byte.</summary>
    public bool IsImplicit { get; set; }

    /// <summary>Whether it says nothing at all.</summary>
    public bool IsMute { get; set; }

    public async Task<Mail> NextAsync() => await _mails.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.WaitAsync(s_patience);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (IsImplicit)
                    await TalkOverTlsAsync(client.GetStream());
                else
                    await TalkAsync(client.GetStream(), SslProtocols.None);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException
            || (e is InvalidOperationException && _stop.IsCancellationRequested))
        {
            // InvalidOperationException: the listener was stopped while a mail was being taken.
        }
    }

    private async Task TalkAsync(Stream stream, SslProtocols tls)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var (from, to, lines, login) = ("", new List<string>(), new List<string>(), "");
        try
        {
            if (IsMute)
                await Task.Delay(Timeout.Infinite, _stop.Token);
            if (IsImplicit || tls == SslProtocols.None)
                await SayAsync("220 test ESMTP");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var word = line.Split(' ', ':')[0].ToUpperInvariant();
                if (Answer(word) is { } answer)
                {
                    await SayAsync(answer);
                    continue;
                }

                switch (word)
                {
                    case "EHLO":
                        await SayAsync($"250-test\r\n250-8BITMIME\r\n{(Certificate is not null && tls == SslProtocols.None ? "250-STARTTLS\r\n" : "")}250 AUTH LOGIN");
                        break;
                    case "STARTTLS":
                        await SayAsync("220 Go ahead");
                        await TalkOverTlsAsync(stream);
                        return;
                    case "AUTH":
                        login = await LoginAsync(line);
                        break;
                    case "MAIL":
                        from = line;
                        await SayAsync("250 OK");
                        break;
                    case "RCPT":
                        to.Add(line);
                        await SayAsync("250 OK");
                        break;
                    case "DATA":
                        await SayAsync("354 Go ahead");
                        while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".")
                            lines.Add(text.StartsWith('.') ? text[1..] : text);
                        await _mails.Writer.WriteAsync(new Mail(from, to, lines, login, tls), _stop.Token);
                        await SayAsync("250 OK");
                        break;
                    case "QUIT":
                        await SayAsync("221 Bye");
                        return;
                    default:
                        await SayAsync("250 OK");
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The sender went away, or does not trust the certificate.
        }

        async Task<string> LoginAsync(string line)
        {
            var user = line.Split(' ') is [_, _, var given] ? given : await AskAsync("334 VXNlcm5hbWU6");
            var password = await AskAsync("334 UGFzc3dvcmQ6");
            await SayAsync("235 OK");
            return $"{Encoding.UTF8.GetString(Convert.FromBase64String(user))}:{Encoding.UTF8.GetString(Convert.FromBase64String(password))}";
        }

        async Task<string> AskAsync(string question)
        {
            await SayAsync(question);
            return await reader.ReadLineAsync(_stop.Token) ?? "";
        }

        async Task SayAsync(string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), _stop.Token);
    }

    private async Task TalkOverTlsAsync(Stream stream)
    {
        await using var secure = new SslStream(stream, leaveInnerStreamOpen: true);
        try
        {
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The sender speaks no TLS, or does not trust the certificate.
            return;
        }

        await TalkAsync(secure, secure.SslProtocol);
    }
}
