using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Fleet.EndToEnd.Scans;

/// <summary>Takes what is posted to it, and refuses some of it at first.</summary>
internal sealed class WebhookLog : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _listening;
    private int _requests;

    public WebhookLog()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        _listening = ListenAsync();
    }

    public string Url { get; }

    /// <summary>Messages that were taken, by their id: the alert, and how often it came.</summary>
    public ConcurrentDictionary<string, (string Alert, string Pattern, int Times)> Taken { get; } = new(StringComparer.Ordinal);

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
                var root = message.RootElement;
                if (++_requests % 10 == 0)
                    http.Response.StatusCode = 503;
                else
                    Taken.AddOrUpdate(
                        root.GetProperty("id").GetString()!,
                        (root.GetProperty("alert").GetString()!, root.GetProperty("pattern").GetString()!, 1),
                        (_, known) => known with { Times = known.Times + 1 });
                http.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
