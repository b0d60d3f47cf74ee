using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Fleet.EndToEnd.Hosts;

/// <summary>Somebody in between: answers for the controller with a key of its own, and keeps what it is told.</summary>
internal sealed class Impostor : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly TcpListener _listener;
    private readonly X509Certificate2 _certificate;
    private readonly Task _serving;
    private int _connections;
    private string _told = "";

    public Impostor(IPAddress address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=fleet controller", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>How many connected.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>What it was told in confidence: nothing, where nobody took it for the controller.</summary>
    public string Told => Volatile.Read(ref _told);

    private async Task ServeAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                Interlocked.Increment(ref _connections);
                using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _over.Token).WaitAsync(TimeSpan.FromSeconds(20));
                var buffer = new byte[4096];
                var count = await tls.ReadAsync(buffer, _over.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
                Volatile.Write(ref _told, _told + Encoding.Latin1.GetString(buffer, 0, count));
                await tls.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ntouch /root/harm\n"u8.ToArray(), _over.Token);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException or TimeoutException or SocketException)
            {
                // Whoever sees that it is another hangs up.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _serving;
        _listener.Dispose();
        _certificate.Dispose();
        _over.Dispose();
    }
}
