using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Notifications;

/// <summary>Posts messages to webhooks.</summary>
internal sealed class WebhookSender(TimeProvider time) : IChannelSender, IDisposable
{
    private const int LongestAnswer = 16 * 1024;
    private const int ShownOfAnswer = 200;

    // A redirect would take the message, and what is secret in its headers, where nobody sent it.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
    {
        // The caller's time limit counts.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public NotificationChannel.KindOneofCase Kind => NotificationChannel.KindOneofCase.Webhook;

    /// <inheritdoc/>
    public bool IsConcurrent => true;

    /// <inheritdoc/>
    public async Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken)
    {
        var webhook = channel.Webhook;
        try
        {
            using var content = new ByteArrayContent(WebhookBody.Of(webhook.Form, notification));
            using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = content };
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            request.Headers.TryAddWithoutValidation("Fleet-Delivery", notification.Id);
            foreach (var (name, value) in webhook.Headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            // What a receiver adds to its yes is not waited for, but where it may be a no.
            if (answer.IsSuccessStatusCode && !WebhookBody.MayRefuse(webhook.Form))
                return;
            var body = await ReadAsync(answer.Content, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                var said = body.Length > ShownOfAnswer ? body[..ShownOfAnswer] : body;
                var retryAfter = RetryAfter(answer);
                throw new DeliveryException($"HTTP {(int)answer.StatusCode}: {said.ReplaceLineEndings(" ")}")
                {
                    // RFC 6585, 4; RFC 9110, 15.6.4: without the header 503 says that the receiver is down.
                    IsThrottled = answer.StatusCode == HttpStatusCode.TooManyRequests
                        || (answer.StatusCode == HttpStatusCode.ServiceUnavailable && retryAfter is not null),
                    RetryAfter = retryAfter,
                };
            }

            if (WebhookBody.RefusalIn(webhook.Form, body) is { } refusal)
                throw refusal;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new DeliveryException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // RFC 9110, 10.2.3. A date is by the receiver's clock, which may differ from ours.
    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - (answer.Headers.Date ?? time.GetUtcNow()),
        _ => null,
    };

    // What lies behind the bound is of no interest, however long the answer is.
    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[LongestAnswer];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
