using System.Diagnostics.CodeAnalysis;
using Fleet.Controller.Notifications;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Controller.Tests.Link;
using Fleet.Controller.Tests.Scans;
using Fleet.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Notifications;

/// <summary>Messages in order, tried again, given up: by a clock that the test moves, over a real store.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class DeliveryLoopTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly FakeSender _sender = new();
    private readonly DeliverySignal _signal = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly NotifyOptions _options = new() { GiveUpAfter = TimeSpan.FromMinutes(1) };
    private TestStore? _store;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _store = await TestStore.OpenAsync(_time);
        var registry = SomeNotices.Registry(SomeScans.Webhook("ops", "https://a.example.org"), SomeScans.Webhook("slow", "https://b.example.org"));
        var post = new ChannelPost(registry, [_sender], _options, _time, NullLogger<ChannelPost>.Instance);
        _running = new DeliveryLoop(_store.Store, post, _signal, _options, _time, NullLogger<DeliveryLoop>.Instance).RunAsync(_stop.Token);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TestController.Patience);
        await _store!.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task What_does_not_get_through_is_tried_again_after_longer_and_longer_pauses_and_given_up_in_the_end()
    {
        await CommitAsync("al-1", ("ops", "firing"));
        (await _sender.NextAsync()).End.SetResult("refused");
        for (var pause = 5; pause <= 20; pause *= 2)
        {
            await AttemptedAsync("al-1", attempt => attempt.Due == _time.GetUtcNow().AddSeconds(pause));
            _sender.Waiting.ShouldBe(0);
            _time.Advance(TimeSpan.FromSeconds(pause));
            _signal.Wake.Set();
            (await _sender.NextAsync()).End.SetResult("refused again");
        }

        // The next one would be after a minute.
        var last = await AttemptedAsync("al-1", attempt => attempt.IsGivenUp);
        (last.Attempts, last.LastFault).ShouldBe((4, "refused again"));
    }

    [Fact]
    public async Task A_channel_that_does_not_answer_holds_up_no_other_and_loses_its_attempt()
    {
        await CommitAsync("al-1", ("slow", "firing"));
        var stuck = await _sender.NextAsync();
        await CommitAsync("al-2", ("slow", "firing"), ("ops", "firing"));

        var other = await _sender.NextAsync();
        other.Channel.ShouldBe("ops");
        other.End.SetResult("");
        await AttemptedAsync("al-2", attempt => attempt.SentAt is not null);
        stuck.Channel.ShouldBe("slow");
        _time.Advance(_options.AttemptTimeout);
        (await AttemptedAsync("al-1", attempt => attempt.Attempts == 1)).LastFault.ShouldBe("no answer within 15 s");
        (await _sender.NextAsync()).Notice.Alert.Id.ShouldBe("al-2");
    }

    [Fact]
    public async Task It_is_over_comes_after_it_began_however_often_that_is_tried()
    {
        await CommitAsync("al-1", ("ops", "firing"), ("ops", "resolved"));
        var first = await _sender.NextAsync();
        first.End.SetResult("refused");
        await AttemptedAsync("al-1", attempt => attempt.Attempts == 1);
        _sender.Waiting.ShouldBe(0);

        _time.Advance(TimeSpan.FromSeconds(5));
        _signal.Wake.Set();
        var second = await _sender.NextAsync();
        (second.Notice.Occasion, second.Notice.Id).ShouldBe(("firing", first.Notice.Id));
        second.End.SetResult("");
        (await _sender.NextAsync()).Notice.Occasion.ShouldBe("resolved");
    }

    [Fact]
    public async Task A_message_for_a_channel_that_is_gone_is_given_up_at_once()
    {
        await CommitAsync("al-1", ("nosuch", "firing"));

        (await AttemptedAsync("al-1", attempt => attempt.IsGivenUp)).LastFault.ShouldContain("there is no channel nosuch");
    }

    private async Task CommitAsync(string id, params (string Channel, string Occasion)[] messages)
    {
        await _store!.Store.Alerts.CommitAsync(SomeNotices.Commit(id, _time.GetUtcNow(), messages), CancellationToken.None).WaitAsync(TestController.Patience);
        _signal.Wake.Set();
    }

    private async Task<DeliveryRecord> AttemptedAsync(string alert, Func<DeliveryRecord, bool> holds)
    {
        DeliveryRecord? found = null;
        using var limit = new CancellationTokenSource(TestController.Patience);
        while (found is null)
        {
            found = (await _store!.Store.Alerts.DeliveriesOfAsync([alert], limit.Token)).FirstOrDefault(record => record.Attempts > 0 && holds(record));
            await Task.Delay(1, limit.Token);
        }

        return found;
    }
}
