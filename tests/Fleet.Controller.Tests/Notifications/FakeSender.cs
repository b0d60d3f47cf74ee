using System.Threading.Channels;
using Fleet.Controller.Notifications;
using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Notifications;

/// <summary>Sends nothing: a test sees each attempt and says how it ends. Its channels are webhooks.</summary>
internal sealed class FakeSender : IChannelSender
{
    private readonly Channel<Attempt> _attempts = Channel.CreateUnbounded<Attempt>();

    public NotificationChannel.KindOneofCase Kind => NotificationChannel.KindOneofCase.Webhook;

    /// <summary>Attempts that no test has looked at.</summary>
    public int Waiting => _attempts.Reader.Count;

    public bool IsConcurrent { get; set; } = true;

    public async Task SendAsync(NotificationChannel channel, Notification notification, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(channel.Name, notification);
        await _attempts.Writer.WriteAsync(attempt, cancellationToken);
        var outcome = await attempt.Outcome.Task.WaitAsync(cancellationToken);
        if (!outcome.IsSent)
            throw new DeliveryException(outcome.Fault) { IsThrottled = outcome.IsThrottled, RetryAfter = outcome.RetryAfter };
    }

    public async Task<Attempt> NextAsync() => await _attempts.Reader.ReadAsync().AsTask().WaitAsync(TestController.Patience);

    internal sealed record Attempt(string Channel, Notification Notification)
    {
        public TaskCompletionSource<DeliveryOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Take() => Outcome.SetResult(DeliveryOutcome.Sent);

        public void Fail(string fault) => Outcome.SetResult(new DeliveryOutcome(fault));

        public void Throttle(TimeSpan? retryAfter) => Outcome.SetResult(new DeliveryOutcome("slow down") { IsThrottled = true, RetryAfter = retryAfter });
    }
}
