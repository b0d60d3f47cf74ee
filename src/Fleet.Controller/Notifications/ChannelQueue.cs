using Fleet.Controller.Scans;
using Fleet.Hosting.Settings;
using Fleet.Protocol.V1;
using Fleet.Storage;

namespace Fleet.Controller.Notifications;

/// <summary>Sends the messages of one channel: as many at once and as quickly as it takes them. What is due survives a restart.</summary>
/// <remarks>
/// A message is on its way until its end is written down, so a crash doubles at most what was on its way. Of one alert only the earliest message is
/// ever due, which keeps their order.
/// </remarks>
internal sealed partial class ChannelQueue(string channel, IFleetStore store, ChannelPost post, Reloadable<NotifyOptions> options, TimeProvider time, ILogger<DeliveryLoop> log)
{
    private const int MostDue = 5000;
    private const int FoldFromWhereLimited = 2;
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_afterFault = TimeSpan.FromSeconds(5);

    // A message that failed takes its place again, also before many that wait.
    private static readonly TimeSpan s_planAge = TimeSpan.FromSeconds(5);

    private readonly WakeUp _wake = new();
    private readonly ChannelPace _pace = new(options, () => post.MaxConcurrent(channel));
    private readonly List<Task<Ended>> _onTheirWay = [];
    private readonly HashSet<long> _keysOnTheirWay = [];
    private Queue<long[]> _plan = new();
    private DateTimeOffset _plannedAt;
    private volatile bool _hasNew = true;

    private sealed record Ended(long[] Keys, DateTimeOffset StartedAt, DateTimeOffset At, DeliveryOutcome? Outcome);

    /// <summary>There may be new messages, or some fell due: they take their place among those that wait.</summary>
    public void Look()
    {
        _hasNew = true;
        _wake.Set();
    }

    /// <summary>The loop. Ends when the token says so, and what is on its way with it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    await TurnAsync(cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                }
                catch (StoreException e)
                {
                    LogFailed(e);
                    await Task.Delay(s_afterFault, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        finally
        {
            await Task.WhenAll(_onTheirWay);
        }
    }

    private async Task TurnAsync(CancellationToken cancellationToken)
    {
        // 1. What has ended says how quickly to go on.
        foreach (var sending in _onTheirWay.Where(sending => sending.IsCompleted).ToArray())
            await TakeAsync(sending, cancellationToken);

        // 2. A place and the time for the next one.
        var now = time.GetUtcNow();
        if (_pace.NextStart is not { } start || start > now)
        {
            await WaitAsync(_pace.NextStart - now, cancellationToken);
            return;
        }

        // 3. The next one, or what will be due.
        if (_hasNew || _plan.Count == 0 || now - _plannedAt > s_planAge)
        {
            (_hasNew, _plannedAt) = (false, now);
            var due = await store.Alerts.DueAsync(channel, now, MostDue, cancellationToken);
            var foldFrom = options.Value.GroupThreshold is { } from ? _pace.IsLimited ? FoldFromWhereLimited : from : (int?)null;
            _plan = DeliveryPlan.Make([.. due.Where(delivery => !_keysOnTheirWay.Contains(delivery.Key))], foldFrom);
        }

        if (_plan.TryDequeue(out var keys))
        {
            _pace.Start(now);
            _keysOnTheirWay.UnionWith(keys);
            _onTheirWay.Add(SendAsync(keys, now, cancellationToken));
            return;
        }

        await WaitAsync(await store.Alerts.NextDueAsync(channel, now, cancellationToken) - now, cancellationToken);
    }

    private Task WaitAsync(TimeSpan? pause, CancellationToken cancellationToken) => _wake.WaitAsync(
        TimeSpan.FromMilliseconds(Math.Clamp(pause?.TotalMilliseconds ?? double.MaxValue, 1, s_idle.TotalMilliseconds)), time, cancellationToken);

    private async Task TakeAsync(Task<Ended> sending, CancellationToken cancellationToken)
    {
        _onTheirWay.Remove(sending);
        var ended = await sending;
        _keysOnTheirWay.ExceptWith(ended.Keys);
        if (ended.Outcome is not { } outcome)
        {
            _pace.Abandon();
            return;
        }

        // It waits again, perhaps before others; and what waits is folded from now on.
        _hasNew |= outcome.IsThrottled;
        switch (_pace.End(outcome, ended.StartedAt, ended.At))
        {
            case PaceChange.Limited:
                LogLimited(channel, Math.Round(Math.Max(0, (_pace.NextStart - ended.At)?.TotalSeconds ?? 0), 1), Math.Round(_pace.Interval.TotalSeconds, 1));
                break;
            case PaceChange.Held:
                LogHeld(channel, Math.Round(Math.Max(0, (_pace.NextStart - ended.At)?.TotalSeconds ?? 0), 1), outcome.Fault);
                break;
            case PaceChange.Recovered:
                // Their pauses were the channel's fault.
                var waiting = await store.Alerts.RetryNowAsync(channel, ended.At, cancellationToken);
                LogRecovered(channel, waiting);
                _hasNew = true;
                break;
        }
    }

    private async Task<Ended> SendAsync(long[] keys, DateTimeOffset startedAt, CancellationToken cancellationToken)
    {
        // The loop goes on at once, whatever a sender does before it first waits.
        await Task.Yield();
        DeliveryOutcome? outcome = null;
        var at = startedAt;
        try
        {
            var records = await store.Alerts.DeliveriesAsync(keys, cancellationToken);
            if (records.Count == 0)
                return new Ended(keys, startedAt, at, outcome);
            // Of an attempt that was cut off here it is not known whether it got through: the receiver can tell by the ids.
            var ended = await post.SendAsync(channel, Notification.Of([.. records.Select(NotificationOf)]), cancellationToken);
            (outcome, at) = (ended, time.GetUtcNow());
            var attempts = records.ToDictionary(record => record.Key, record => Judge(record, ended, at));
            LogOutcome(records, attempts, ended);
            // Without the token: what went out is written down, also while the controller stops.
            await store.Alerts.RecordAttemptsAsync(attempts, CancellationToken.None);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (StoreException e)
        {
            LogFailed(e);
            await Task.Delay(s_afterFault, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _hasNew = true;
        }
        finally
        {
            _wake.Set();
        }

        return new Ended(keys, startedAt, at, outcome);
    }

    private static Notification NotificationOf(DeliveryRecord record) =>
        new($"{record.Delivery.AlertId}-{record.Key}", record.Delivery.Status, Alert.Parser.ParseFrom(record.Delivery.Message));

    private DeliveryAttempt Judge(DeliveryRecord record, DeliveryOutcome outcome, DateTimeOffset now)
    {
        if (outcome.IsSent)
            return new DeliveryAttempt(now, null, "");
        // Counted from when it could first be sent, which is later than it was decided where the hours are quiet.
        var delivery = record.Delivery;
        var next = outcome.IsThrottled ? now : now + options.Value.BackoffAfter(record.Attempts + 1);
        var isOver = !post.Knows(channel) || next - (delivery.NotBefore ?? delivery.CreatedAt) > options.Value.RetryTimeout;
        return new DeliveryAttempt(null, isOver ? null : next, outcome.Fault) { IsThrottled = outcome.IsThrottled && !isOver };
    }

    private void LogOutcome(IReadOnlyList<DeliveryRecord> records, Dictionary<long, DeliveryAttempt> attempts, DeliveryOutcome outcome)
    {
        if (outcome.IsSent && records.Count > 1)
            LogSentTogether(records.Count, records[0].Delivery.Status, channel);
        foreach (var record in records)
        {
            var (alert, status, attempt) = (record.Delivery.AlertId, record.Delivery.Status, record.Attempts + 1);
            if (attempts[record.Key] is { SentAt: null, Next: null })
                LogGivenUp(alert, status, channel, attempt, outcome.Fault);
            else if (outcome.IsSent && records.Count == 1)
                LogSent(alert, status, channel, attempt);
            else if (!outcome.IsSent && !outcome.IsThrottled)
                LogNotSent(alert, status, channel, attempt, outcome.Fault);
        }
    }

    [LoggerMessage(4700, LogLevel.Information, "Alert {Alert} ({Status}) sent by {Channel}, attempt {Attempt}")]
    private partial void LogSent(string alert, string status, string channel, int attempt);

    [LoggerMessage(4701, LogLevel.Warning, "Alert {Alert} ({Status}) not sent by {Channel}, attempt {Attempt}: {Error}; it will be retried")]
    private partial void LogNotSent(string alert, string status, string channel, int attempt, string error);

    [LoggerMessage(4702, LogLevel.Error, "Alert {Alert} ({Status}) given up for {Channel} after {Attempt} attempts: {Error}")]
    private partial void LogGivenUp(string alert, string status, string channel, int attempt, string error);

    [LoggerMessage(4703, LogLevel.Error, "The store failed while notifications were sent; it will resume from there")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(4705, LogLevel.Information, "{Alerts} alerts ({Status}) sent by {Channel} as one message")]
    private partial void LogSentTogether(int alerts, string status, string channel);

    [LoggerMessage(4706, LogLevel.Warning, "Channel {Channel} limits its rate: nothing is sent for {Seconds} s, then one message every {Interval} s or at the rate it accepts")]
    private partial void LogLimited(string channel, double seconds, double interval);

    [LoggerMessage(4707, LogLevel.Warning, "Channel {Channel} keeps failing: next attempt in {Seconds} s with one message; last error: {Error}")]
    private partial void LogHeld(string channel, double seconds, string error);

    [LoggerMessage(4708, LogLevel.Information, "Channel {Channel} accepts messages again; {Messages} failed messages are retried now")]
    private partial void LogRecovered(string channel, int messages);
}
