using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Fleet.Benchmarks.Webhooks;

/// <summary>A web server that takes what alerts send, and remembers when each message arrived.</summary>
internal sealed class WebhookDoor : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<(long At, JsonElement Message)> _taken = [];
    private readonly Lock _gate = new();
    private readonly Task _listening;

    public WebhookDoor()
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

    /// <summary>Where it listens.</summary>
    public string Url { get; }

    /// <summary>Each message with the time stamp of its arrival, in that order.</summary>
    public IReadOnlyList<(long At, JsonElement Message)> Taken
    {
        get
        {
            lock (_gate)
                return [.. _taken];
        }
    }

    /// <summary>When the first message with this in an example arrived; null where none has.</summary>
    public long? ArrivalOf(string text)
    {
        foreach (var (at, message) in Taken)
        {
            if (message.GetProperty("examples").EnumerateArray().Any(example => example.GetString()!.Contains(text, StringComparison.Ordinal)))
                return at;
        }

        return null;
    }

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
                var at = TimeProvider.System.GetTimestamp();
                using var message = await JsonDocument.ParseAsync(http.Request.InputStream);
                lock (_gate)
                    _taken.Add((at, message.RootElement.Clone()));
                http.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
