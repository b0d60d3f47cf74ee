using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Fleet.Harness;

/// <summary>Takes what is posted to it, JSON, one message after the other, and answers as it is told.</summary>
public sealed class WebhookListener : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<JsonElement, int> _take;
    private readonly Task _listening;

    /// <param name="take">Takes a message; the status of the answer.</param>
    /// <param name="port">Where it listens, on this machine only; 0: on a free port.</param>
    public WebhookListener(Func<JsonElement, int> take, int port = 0)
    {
        _take = take;
        Url = $"http://127.0.0.1:{(port > 0 ? port : FreePort())}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _listening = ListenAsync();
    }

    /// <summary>Where to post to.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _listening;
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var http = await _listener.GetContextAsync();
                using var message = await JsonDocument.ParseAsync(http.Request.InputStream);
                http.Response.StatusCode = _take(message.RootElement);
                http.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
