using System.Collections.Concurrent;
using System.Text.Json;
using Fleet.Harness;

namespace Fleet.EndToEnd.Scans;

/// <summary>Takes what is posted to it, and refuses some of it at first.</summary>
internal sealed class WebhookLog : IAsyncDisposable
{
    private readonly WebhookListener _listener;
    private int _requests;

    public WebhookLog() => _listener = new WebhookListener(Take);

    public string Url => _listener.Url;

    /// <summary>Messages that were taken, by their id: the alert, and how often it came.</summary>
    public ConcurrentDictionary<string, (string Alert, string Pattern, int Times)> Taken { get; } = new(StringComparer.Ordinal);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private int Take(JsonElement message)
    {
        if (++_requests % 10 == 0)
            return 503;
        Taken.AddOrUpdate(
            message.GetProperty("id").GetString()!,
            (message.GetProperty("alerts")[0].GetProperty("alert").GetString()!, message.GetProperty("pattern").GetString()!, 1),
            (_, known) => known with { Times = known.Times + 1 });
        return 200;
    }
}
