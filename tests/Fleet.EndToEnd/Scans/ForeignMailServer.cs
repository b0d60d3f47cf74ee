using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fleet.EndToEnd.Scans;

/// <summary>aiosmtpd, a mail server in Python of Debian's, with TLS; it ends with its input.</summary>
internal sealed class ForeignMailServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    // A line for each mail: who logged in, from, to, by which TLS, and the mail without its line ends.
    private const string Script = """
        import asyncio, ssl, sys
        from aiosmtpd.smtp import AuthResult, SMTP
        pem, tls = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        class Printer:
            async def handle_DATA(self, server, session, envelope):
                version = server.transport.get_extra_info('ssl_object').version()
                text = envelope.content.decode().replace('\r\n', '|')
                print(session.auth_data, envelope.mail_from, *envelope.rcpt_tos, version, text, flush=True)
                return '250 OK'
        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=True, auth_data=data.login.decode() + ':' + data.password.decode())
        # It tells TLS by STARTTLS alone.
        options = dict(auth_require_tls=False) if tls == 'implicit' else dict(tls_context=context, require_starttls=True)
        async def main():
            loop = asyncio.get_running_loop()
            serve = lambda: SMTP(Printer(), hostname='localhost', authenticator=check, auth_required=True, loop=loop, **options)
            server = await loop.create_server(serve, 'localhost', 0, ssl=context if tls == 'implicit' else None)
            print(server.sockets[0].getsockname()[1], flush=True)
            await loop.run_in_executor(None, sys.stdin.read)
        asyncio.run(main())
        """;

    private readonly Process _process;
    private readonly StringBuilder _errors;

    private ForeignMailServer(Process process, StringBuilder errors, int port) => (_process, _errors, Port) = (process, errors, port);

    public int Port { get; }

    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="pem">Certificate and key.</param>
    /// <param name="tls">"implicit" or "starttls".</param>
    public static async Task<ForeignMailServer> StartAsync(string pem, string tls)
    {
        var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Script, pem, tls])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
                errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(s_patience);
        return port is not null
            ? new ForeignMailServer(process, errors, int.Parse(port, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"aiosmtpd does not start: {errors}");
    }

    /// <summary>The next mail that it took.</summary>
    public async Task<string> NextAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience) ?? "";

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
