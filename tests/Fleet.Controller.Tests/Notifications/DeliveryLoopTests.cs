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
    private readonly NotifyOptions _options = new() { RetryTimeout = TimeSpan.FromMinutes(1) };
    private TestStore? _store;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _store = await TestStore.OpenAsync(_time);
        var registry = SomeNotifications.Registry(SomeScans.Webhook("ops", "https://a.example.org"), SomeScans.Webhook("slow", "https://b.example.org"));
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
        (await _sender.NextAsync()).Fail("refused");
        for (var pause = 5; pause <= 20; pause *= 2)
        {
            await AttemptedAsync("al-1", attempt => attempt.Due == _time.GetUtcNow().AddSeconds(pause));
            _sender.Waiting.ShouldBe(0);
            _time.Advance(TimeSpan.FromSeconds(pause));
            _signal.Wake.Set();
            (await _sender.NextAsync()).Fail("refused again");
        }

        // The next one would be after a minute.
        var last = await AttemptedAsync("al-1", attempt => attempt.IsGivenUp);
        (last.Attempts, last.LastError).ShouldBe((4, "refused again"));
    }

    [Fact]
    public async Task A_channel_that_does_not_answer_holds_up_no_other_and_loses_its_attempt()
    {
        _sender.IsConcurrent = false;
        await CommitAsync("al-1", ("slow", "firing"));
        var stuck = await _sender.NextAsync();
        await CommitAsync("al-2", ("slow", "firing"), ("ops", "firing"));

        var other = await _sender.NextAsync();
        other.Channel.ShouldBe("ops");
        other.Take();
        await AttemptedAsync("al-2", attempt => attempt.SentAt is not null);
        stuck.Channel.ShouldBe("slow");
        _time.Advance(_options.AttemptTimeout);
        (await AttemptedAsync("al-1", attempt => attempt.Attempts == 1)).LastError.ShouldBe("no answer within 15 s");
        (await _sender.NextAsync()).Notification.Alert.Id.ShouldBe("al-2");
    }

    [Fact]
    public async Task A_message_that_is_not_answered_holds_up_no_other_of_its_channel()
    {
        await CommitAsync("al-1", ("slow", "firing"));
        await _sender.NextAsync();
        await CommitAsync("al-2", ("slow", "firing"));

        (await _sender.NextAsync()).Take();

        await AttemptedAsync("al-2", attempt => attempt.SentAt is not null);
    }

    [Fact]
    public async Task It_is_over_comes_after_it_began_however_often_that_is_tried()
    {
        await CommitAsync("al-1", ("ops", "firing"), ("ops", "resolved"));
        var first = await _sender.NextAsync();
        first.Fail("refused");
        await AttemptedAsync("al-1", attempt => attempt.Attempts == 1);
        _sender.Waiting.ShouldBe(0);

        _time.Advance(TimeSpan.FromSeconds(5));
        _signal.Wake.Set();
        var second = await _sender.NextAsync();
        (second.Notification.Status, second.Notification.Id).ShouldBe(("firing", first.Notification.Id));
        second.Take();
        (await _sender.NextAsync()).Notification.Status.ShouldBe("resolved");
    }

    [Fact]
    public async Task A_message_for_a_channel_that_is_gone_is_given_up_at_once()
    {
        await CommitAsync("al-1", ("nosuch", "firing"));

        (await AttemptedAsync("al-1", attempt => attempt.IsGivenUp)).LastError.ShouldContain("channel nosuch not found");
    }

    [Fact]
    public async Task A_storm_of_one_pattern_is_one_message_and_each_alert_of_it_is_told_and_ends()
    {
        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [.. Alerts(40, "kill", 3)], ("ops", "firing")));

        var first = await _sender.NextAsync();
        (first.Notification.Parts.Count, first.Notification.Alert.Count, first.Notification.Alert.HostCount).ShouldBe((40, 80UL, 40U));
        first.Notification.Title.ShouldBe("[FIRING] unspecified: oom/kill on 40 hosts (40 alerts)");
        // What ends while its beginning is on its way waits for it.
        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [.. Alerts(40, "kill", 3)], ("", "resolved")));
        _sender.Waiting.ShouldBe(0);
        first.Take();
        var second = await _sender.NextAsync();
        (second.Notification.Status, second.Notification.Parts.Count).ShouldBe(("resolved", 40));
        second.Take();

        for (var i = 0; i < 40; i++)
            await AttemptedAsync($"al-kill-{i}", attempt => attempt.Delivery.Status == "resolved" && attempt.SentAt is not null);
        first.Notification.Parts.Select(part => part.Id).Distinct().Count().ShouldBe(40);
    }

    [Fact]
    public async Task A_storm_that_did_not_get_through_is_tried_again_as_one_under_the_same_id()
    {
        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [.. Alerts(12, "kill", 3)], ("ops", "firing")));
        var first = await _sender.NextAsync();
        first.Fail("refused");
        await AttemptedAsync("al-kill-0", attempt => attempt.Attempts == 1);

        _time.Advance(TimeSpan.FromSeconds(5));
        _signal.Wake.Set();

        (await _sender.NextAsync()).Notification.Id.ShouldBe(first.Notification.Id);
    }

    [Fact]
    public async Task What_was_on_its_way_when_the_controller_ended_comes_again_under_the_same_ids_and_the_rest_once()
    {
        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [.. Alerts(40, "kill", 3), .. Alerts(3, "other", 2)], ("ops", "firing")));
        // They start in order, and run side by side.
        FakeSender.Attempt[] started = [await _sender.NextAsync(), await _sender.NextAsync(), await _sender.NextAsync(), await _sender.NextAsync()];
        var cut = started.Single(attempt => attempt.Notification.Parts.Count > 0).Notification;
        foreach (var other in started.Where(attempt => attempt.Notification != cut))
            other.Take();
        for (var i = 0; i < 3; i++)
            await AttemptedAsync($"al-other-{i}", attempt => attempt.SentAt is not null);

        // Nothing is written down of what is cut off, as after a kill.
        await _stop.CancelAsync();
        await _running.WaitAsync(TestController.Patience);
        using var stop = new CancellationTokenSource();
        var registry = SomeNotifications.Registry(SomeScans.Webhook("ops", "https://a.example.org"));
        var post = new ChannelPost(registry, [_sender], _options, _time, NullLogger<ChannelPost>.Instance);
        var running = new DeliveryLoop(_store!.Store, post, new DeliverySignal(), _options, _time, NullLogger<DeliveryLoop>.Instance).RunAsync(stop.Token);

        var again = await _sender.NextAsync();
        again.Notification.Id.ShouldBe(cut.Id);
        again.Notification.Parts.Select(part => part.Id).ShouldBe(cut.Parts.Select(part => part.Id));
        again.Take();
        for (var i = 0; i < 40; i++)
            await AttemptedAsync($"al-kill-{i}", attempt => attempt.SentAt is not null && attempt.Attempts == 1);
        (await _store.Store.Alerts.WaitingChannelsAsync(CancellationToken.None)).ShouldBeEmpty();
        _sender.Waiting.ShouldBe(0);
        await stop.CancelAsync();
        await running.WaitAsync(TestController.Patience);
    }

    [Fact]
    public async Task A_few_messages_of_one_pattern_stay_a_few()
    {
        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [.. Alerts(9, "kill", 3)], ("ops", "firing")));

        // A webhook gets eight at once.
        for (var i = 0; i < 8; i++)
            (await _sender.NextAsync()).Notification.Parts.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_severe_go_first_also_where_they_come_last()
    {
        _sender.IsConcurrent = false;
        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [("al-0", "x0", 2), ("al-1", "x1", 2), ("al-2", "x2", 4)], ("ops", "firing")));
        var first = await _sender.NextAsync();
        first.Notification.Alert.Id.ShouldBe("al-2");

        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [("al-9", "x9", 5)], ("ops", "firing")));
        // The loop has looked once it has another channel's message out, which it sees later.
        await CommitAsync("al-8", ("slow", "firing"));
        (await _sender.NextAsync()).Channel.ShouldBe("slow");
        first.Take();

        (await _sender.NextAsync()).Notification.Alert.Id.ShouldBe("al-9");
    }

    [Fact]
    public async Task A_limit_of_the_rate_holds_the_channel_and_no_message_pays_for_it()
    {
        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [("al-0", "x0", 2), ("al-1", "x1", 2), ("al-2", "x2", 2)], ("ops", "firing")));
        FakeSender.Attempt[] burst = [await _sender.NextAsync(), await _sender.NextAsync(), await _sender.NextAsync()];
        burst[0].Take();
        await AttemptedAsync(burst[0].Notification.Alert.Id, attempt => attempt.SentAt is not null);
        burst[1].Throttle(TimeSpan.FromSeconds(30));
        burst[2].Throttle(TimeSpan.FromSeconds(30));
        var told = await RecordedAsync(burst[2].Notification.Alert.Id, record => record.LastError.Length > 0);
        (told.Attempts, told.LastError, told.IsGivenUp).ShouldBe((0, "slow down", false));

        _time.Advance(TimeSpan.FromSeconds(29));
        _sender.Waiting.ShouldBe(0);
        await CommitAsync("al-8", ("slow", "firing"));
        (await _sender.NextAsync()).Channel.ShouldBe("slow");
        _time.Advance(TimeSpan.FromSeconds(1));
        var next = await _sender.NextAsync();
        next.Channel.ShouldBe("ops");
        // One alone, to see whether the receiver takes messages again.
        _sender.Waiting.ShouldBe(0);
        next.Take();
        await AttemptedAsync(next.Notification.Alert.Id, attempt => attempt.SentAt is not null);
    }

    [Fact]
    public async Task Where_the_receiver_is_back_all_are_tried_that_failed_with_it()
    {
        await CommitAsync(SomeNotifications.Storm(_time.GetUtcNow(), [("al-0", "x0", 2), ("al-1", "x1", 2), ("al-2", "x2", 2), ("al-3", "x3", 1)], ("ops", "firing")));
        FakeSender.Attempt[] burst = [await _sender.NextAsync(), await _sender.NextAsync(), await _sender.NextAsync(), await _sender.NextAsync()];
        foreach (var attempt in burst)
            attempt.Fail("down");
        await AttemptedAsync("al-3", attempt => attempt.Attempts == 1);
        _time.Advance(TimeSpan.FromSeconds(5));
        var probe = await _sender.NextAsync();
        _sender.Waiting.ShouldBe(0);
        probe.Fail("still down");
        await AttemptedAsync(probe.Notification.Alert.Id, attempt => attempt.Attempts == 2);
        _time.Advance(TimeSpan.FromSeconds(10));

        (await _sender.NextAsync()).Take();

        for (var i = 0; i < 3; i++)
            (await _sender.NextAsync()).Take();
    }

    private static IEnumerable<(string Id, string Pattern, int Severity)> Alerts(int count, string pattern, int severity) =>
        Enumerable.Range(0, count).Select(i => ($"al-{pattern}-{i}", pattern, severity));

    private async Task CommitAsync(AlertCommit commit)
    {
        await _store!.Store.Alerts.CommitAsync(commit, CancellationToken.None).WaitAsync(TestController.Patience);
        _signal.Wake.Set();
    }

    private Task CommitAsync(string id, params (string Channel, string Status)[] messages) => CommitAsync(SomeNotifications.Commit(id, _time.GetUtcNow(), messages));

    private Task<DeliveryRecord> AttemptedAsync(string alert, Func<DeliveryRecord, bool> holds) =>
        RecordedAsync(alert, record => record.Attempts > 0 && holds(record));

    private async Task<DeliveryRecord> RecordedAsync(string alert, Func<DeliveryRecord, bool> holds)
    {
        DeliveryRecord? found = null;
        using var limit = new CancellationTokenSource(TestController.Patience);
        while (found is null)
        {
            found = (await _store!.Store.Alerts.DeliveriesOfAsync([alert], limit.Token)).FirstOrDefault(holds);
            await Task.Delay(1, limit.Token);
        }

        return found;
    }
}
