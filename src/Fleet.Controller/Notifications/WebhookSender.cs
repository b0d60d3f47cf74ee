using System.Net.Http.Headers;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Posts messages to webhooks.</summary>
internal sealed class WebhookSender : IChannelSender, IDisposable
{
    private const int LongestAnswer = 64 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
    {
        // The caller's time limit counts.
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <inheritdoc/>
    public NotificationChannel.KindOneofCase Kind => NotificationChannel.KindOneofCase.Webhook;

    /// <inheritdoc/>
    public async Task SendAsync(NotificationChannel channel, Notice notice, CancellationToken cancellationToken)
    {
        var webhook = channel.Webhook;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(WebhookBody.Of(webhook.Form, notice)) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            request.Headers.TryAddWithoutValidation("Fleet-Delivery", notice.Id);
            foreach (var (name, value) in webhook.Headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await _http.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw new DeliveryException($"HTTP {(int)answer.StatusCode}: {(body.Length > 200 ? body[..200] : body).ReplaceLineEndings(" ")}");
            if (WebhookBody.RefusalIn(webhook.Form, body) is { Length: > 0 } refusal)
                throw new DeliveryException(refusal);
        }
        catch (HttpRequestException e)
        {
            throw new DeliveryException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
