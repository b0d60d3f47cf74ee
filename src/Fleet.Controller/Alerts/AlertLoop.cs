using Fleet.Controller.Notifications;
using Fleet.Controller.Scans;
using Fleet.Storage;

namespace Fleet.Controller.Alerts;

/// <summary>Judges what scans found, in the order in which it was stored, each finding once: the place moves in the commit of the alerts.</summary>
internal sealed partial class AlertLoop
{
    private const int FindingsPerTurn = 2000;
    private const int MostRecalled = 100_000;
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_afterFault = TimeSpan.FromSeconds(5);

    private readonly IFleetStore _store;
    private readonly ScanRegistry _scans;
    private readonly SilenceCache _silences;
    private readonly EvaluationSignal _signal;
    private readonly DeliverySignal _deliveries;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertLoop> _log;
    private readonly DateTimeOffset _listeningSince;
    private IReadOnlyDictionary<string, AlertRules?> _rules = new Dictionary<string, AlertRules?>();
    private ScanSnapshot? _rulesOf;

    public AlertLoop(
        IFleetStore store, ScanRegistry scans, SilenceCache silences, EvaluationSignal signal, DeliverySignal deliveries, TimeProvider time,
        ILogger<AlertLoop> log)
    {
        (_store, _scans, _silences, _signal, _deliveries, _time, _log) = (store, scans, silences, signal, deliveries, time, log);
        _listeningSince = time.GetUtcNow();
        scans.Changed += signal.Set;
    }

    /// <summary>The loop. Ends when the token says so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await EvaluateAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException e)
            {
                // What was judged and not written is judged again from where the store says.
                LogFailed(e);
                await Task.Delay(s_afterFault, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task EvaluateAsync(CancellationToken cancellationToken)
    {
        // 1. Where it stood.
        var book = await _store.Alerts.LoadAsync(cancellationToken);
        _silences.Replace(book.Silences);
        var judge = new AlertEvaluator(RuleOf, _silences, _time.LocalTimeZone, _listeningSince);
        foreach (var alert in book.Open)
            judge.Resume(alert);
        await RecallAsync(judge, book.EvaluatedUpTo, cancellationToken);

        // 2. On from there.
        var judged = book.EvaluatedUpTo;
        while (true)
        {
            var query = new FindingQuery { Order = FindingOrder.Arrival, AfterSeq = judged, Limit = FindingsPerTurn };
            var findings = await _store.Findings.ReadAsync(query, cancellationToken);
            var now = _time.GetUtcNow();
            foreach (var finding in findings)
                judge.Take(finding, now);
            // Behind in a storm it knows only what had come by then: what it has not read yet is not quiet.
            var isBehind = findings.Count == FindingsPerTurn;
            judge.Tick(isBehind && findings[^1].ReceivedAt < now ? findings[^1].ReceivedAt : now);
            judged = findings.Count > 0 ? findings[^1].Seq : judged;
            await CommitAsync(judge, findings.Count > 0 ? judged : null, cancellationToken);
            if (isBehind)
                continue;

            // The first hit is judged at once; while more of them come, they are judged together.
            if (findings.Count > 0)
                await Task.Delay(s_gather, _time, cancellationToken);
            await _signal.Wake.WaitAsync(judge.IsWaiting ? s_tick : s_idle, _time, cancellationToken);
        }
    }

    // Only the latest of those that were judged: in a storm that reaches further back the alert is open anyway.
    private async Task RecallAsync(AlertEvaluator judge, long judgedUpTo, CancellationToken cancellationToken)
    {
        if (LongestWindow() is not { } window)
            return;
        var since = _time.GetUtcNow() - window;
        var at = Math.Max(0, judgedUpTo - MostRecalled);
        while (at < judgedUpTo)
        {
            var query = new FindingQuery { Order = FindingOrder.Arrival, AfterSeq = at, Since = since, Limit = FindingsPerTurn };
            var findings = await _store.Findings.ReadAsync(query, cancellationToken);
            foreach (var finding in findings.TakeWhile(finding => finding.Seq <= judgedUpTo))
                judge.Recall(finding);
            at = findings.Count == FindingsPerTurn ? findings[^1].Seq : judgedUpTo;
        }
    }

    private async Task CommitAsync(AlertEvaluator judge, long? judgedUpTo, CancellationToken cancellationToken)
    {
        var (alerts, messages) = judge.Harvest();
        if (judgedUpTo is null && alerts.Count == 0 && messages.Count == 0)
            return;
        await _store.Alerts.CommitAsync(new AlertCommit(judgedUpTo, alerts, messages), cancellationToken);
        foreach (var alert in alerts.Where(alert => alert.FiredAt is not null || alert.State == AlertState.Resolved))
            LogAlert(alert.Id, alert.State, alert.Scan, alert.Pattern, alert.AgentName, alert.Count);
        if (messages.Count > 0)
            _deliveries.Wake.Set();
    }

    // Rules are read once for each change of the scans.
    private AlertRules? RuleOf(string scan)
    {
        var current = _scans.Current;
        if (!ReferenceEquals(_rulesOf, current))
        {
            _rules = current.Scans.ToDictionary(entry => entry.Key, entry => AlertRules.Of(entry.Value), StringComparer.Ordinal);
            _rulesOf = current;
        }

        return _rules.GetValueOrDefault(scan);
    }

    private TimeSpan? LongestWindow()
    {
        RuleOf("");
        return _rules.Values.OfType<AlertRules>().Where(rule => rule.NeedsWindow).Max(rule => (TimeSpan?)rule.Window);
    }

    [LoggerMessage(4620, LogLevel.Debug, "Alert {Alert} is {State}: scan {Scan}, pattern {Pattern}, {Agent}, {Count} hits")]
    private partial void LogAlert(string alert, AlertState state, string scan, string pattern, string agent, long count);

    [LoggerMessage(4621, LogLevel.Error, "Alert evaluation failed; it will resume from the last stored position")]
    private partial void LogFailed(Exception error);
}
