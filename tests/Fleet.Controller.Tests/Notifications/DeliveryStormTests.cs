using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Fleet.Controller.Notifications;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Controller.Tests.Link;
using Fleet.Controller.Tests.Scans;
using Fleet.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Notifications;

/// <summary>Storms over a real store and real HTTP: a receiver that keeps up, and one that limits its rate by the clock that the test moves.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class DeliveryStormTests : IAsyncLifetime
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource _stop = new();
    private readonly DeliverySignal _signal = new();
    private readonly NotifyOptions _options = new();
    private WebhookReceiver? _receiver;
    private TestStore? _store;
    private WebhookSender? _sender;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync() => _receiver = await WebhookReceiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TestController.Patience);
        await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);
        _sender?.Dispose();
        await _receiver!.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Sixty_alerts_leave_at_the_pace_of_a_receiver_that_takes_one_a_second_the_severe_first()
    {
        var time = new ManualTime();
        var taken = new ConcurrentQueue<(string Alert, DateTimeOffset At)>();
        var (last, refused, gate) = (DateTimeOffset.MinValue, 0, new Lock());
        _receiver!.AnswerWith(message =>
        {
            lock (gate)
            {
                if (time.GetUtcNow() - last < TimeSpan.FromSeconds(1))
                {
                    refused++;
                    return new WebhookReceiver.Answer(429, "rate_limited", ["Retry-After: 1"]);
                }

                last = time.GetUtcNow();
                taken.Enqueue((message.GetProperty("alerts")[0].GetProperty("alert").GetString()!, last));
                return new WebhookReceiver.Answer(200, "ok", []);
            }
        });
        await StartAsync(time);
        var start = time.GetUtcNow();

        // The last is critical.
        await CommitAsync(SomeNotifications.Storm(start, [.. Enumerable.Range(0, 60).Select(i => ($"al-{i}", $"p{i}", i == 59 ? 5 : 2))], ("ops", "firing")));
        using var limit = new CancellationTokenSource(TestController.Patience);
        while (taken.Count < 60)
        {
            time.Advance(s_step);
            // What the step has set going is to have ended before the next, on a busy machine mostly.
            await Task.Delay(15, limit.Token);
        }

        // ChannelPaceTests has the pace to the second: here requests take real time while the clock goes on. It was 14 of them in ten minutes.
        (taken.Last().At - start).ShouldBeLessThan(TimeSpan.FromSeconds(150));
        taken.Select(one => one.Alert).Distinct().Count().ShouldBe(60);
        taken.Take(2).Select(one => one.Alert).ShouldContain("al-59");
        refused.ShouldBeLessThan(25);
        await SentAsync("al-59");
    }

    [Fact]
    public async Task A_storm_of_one_pattern_is_a_few_messages_where_the_rate_is_limited()
    {
        var time = new ManualTime();
        var taken = new ConcurrentBag<int>();
        var last = DateTimeOffset.MinValue;
        _receiver!.AnswerWith(message =>
        {
            if (time.GetUtcNow() - last < TimeSpan.FromSeconds(1))
                return new WebhookReceiver.Answer(429, "rate_limited", ["Retry-After: 1"]);
            last = time.GetUtcNow();
            taken.Add(message.GetProperty("alert_count").GetInt32());
            return new WebhookReceiver.Answer(200, "ok", []);
        });
        await StartAsync(time);

        // Of each pattern fewer than are folded where there is no limit.
        await CommitAsync(SomeNotifications.Storm(time.GetUtcNow(), [.. Enumerable.Range(0, 60).Select(i => ($"al-{i}", $"p{i % 8}", 2))], ("ops", "firing")));
        var start = time.GetUtcNow();
        using var limit = new CancellationTokenSource(TestController.Patience);
        while (taken.Sum() < 60)
        {
            time.Advance(s_step);
            await Task.Delay(5, limit.Token);
        }

        taken.Count.ShouldBeLessThan(12);
        (time.GetUtcNow() - start).ShouldBeLessThan(TimeSpan.FromSeconds(25));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1)]
    public async Task Two_thousand_alerts_are_out_in_seconds_on_a_receiver_that_keeps_up(int hostsOfAPattern)
    {
        var told = new ConcurrentDictionary<string, int>();
        _receiver!.AnswerWith(message =>
        {
            foreach (var id in message.GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("alert")))
                told.AddOrUpdate(id.GetString()!, 1, (_, times) => times + 1);
            return new WebhookReceiver.Answer(200, "ok", []);
        });
        await StartAsync(TimeProvider.System);
        var clock = Stopwatch.StartNew();

        await CommitAsync(SomeNotifications.Storm(
            TimeProvider.System.GetUtcNow(), [.. Enumerable.Range(0, 2000).Select(i => ($"al-{i}", $"p{i / hostsOfAPattern}", 2))], ("ops", "firing")));
        using var limit = new CancellationTokenSource(TestController.Patience);
        while ((await _store!.Store.Alerts.WaitingChannelsAsync(limit.Token)).Count > 0)
            await Task.Delay(5, limit.Token);

        // 1 to 4 s, and 14 s where forty others wanted the same two processors; one after the other they took 66 s.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(45));
        told.Count.ShouldBe(2000);
        told.Values.ShouldAllBe(times => times == 1);
    }

    private async Task StartAsync(TimeProvider time)
    {
        _store = await TestStore.OpenAsync(time);
        _sender = new WebhookSender(time);
        var post = new ChannelPost(SomeNotifications.Registry(SomeScans.Webhook("ops", _receiver!.Url)), [_sender], _options, time, NullLogger<ChannelPost>.Instance);
        _running = new DeliveryLoop(_store.Store, post, _signal, _options, time, NullLogger<DeliveryLoop>.Instance).RunAsync(_stop.Token);
    }

    private async Task CommitAsync(AlertCommit commit)
    {
        await _store!.Store.Alerts.CommitAsync(commit, CancellationToken.None).WaitAsync(TestController.Patience);
        _signal.Wake.Set();
    }

    private async Task SentAsync(string alert)
    {
        using var limit = new CancellationTokenSource(TestController.Patience);
        while ((await _store!.Store.Alerts.DeliveriesOfAsync([alert], limit.Token)).Single().SentAt is null)
            await Task.Delay(1, limit.Token);
    }
}
