using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Alerts;

/// <summary>Decides which findings make alerts. It knows neither store nor clock: the same findings at the same times give the same alerts.</summary>
/// <remarks>
/// pending -> firing (the condition held long enough) -> resolved (quiet, or its scan is gone); pending -> resolved without a word (it did not hold).
/// One alert for each key, however many lines.
/// </remarks>
/// <param name="rules">The rule of a scan; null where it raises no alerts.</param>
/// <param name="silences">What holds messages back.</param>
/// <param name="zone">The time zone of quiet hours.</param>
/// <param name="listeningSince">When the controller began to hear agents: silence before that is not quiet.</param>
internal sealed class AlertEvaluator(Func<string, AlertRules?> rules, SilenceCache silences, TimeZoneInfo zone, DateTimeOffset listeningSince)
{
    // Windows of keys that raised nothing: beyond the bound the one that was quiet longest is forgotten.
    private const int MostWindows = 20_000;

    // Kinds of lines and hosts may be many; beyond the bound those of a pattern share an alert.
    private const int MostOpen = 20_000;

    private readonly Dictionary<AlertKey, OpenAlert> _open = [];
    private readonly Dictionary<AlertKey, HitWindow> _windows = [];
    private readonly HashSet<OpenAlert> _changed = [];
    private readonly List<NewDelivery> _messages = [];

    /// <summary>Whether anything would be different at a later time without new findings.</summary>
    public bool IsWaiting => _open.Count > 0;

    /// <summary>Takes up an alert where it stood.</summary>
    public void Resume(AlertRecord record) => _open[KeyOf(record)] = new OpenAlert(record);

    /// <summary>Remembers a finding that was judged before a restart: it still counts in its window.</summary>
    public void Recall(StoredFinding stored)
    {
        if (!stored.Finding.IsUnassigned && rules(stored.Finding.Scan) is { NeedsWindow: true } rule && rule.Counts(stored.Finding))
            WindowOf(KeyOf(stored.Finding, rule), rule).Add(TimeOf(stored), LinesOf(stored.Finding), stored.Finding.AgentName);
    }

    /// <summary>Judges a finding.</summary>
    public void Take(StoredFinding stored, DateTimeOffset now)
    {
        var finding = stored.Finding;
        // Whoever says it had not been given the scan: it must not be able to wake anybody, nor to run a command channel.
        if (finding.IsUnassigned || rules(finding.Scan) is not { } rule || !rule.Counts(finding))
            return;
        var key = KeyOf(finding, rule);
        var itself = new HitWindow.Slot(TimeOf(stored), LinesOf(finding), finding.AgentName);
        var window = rule.NeedsWindow ? WindowOf(key, rule) : null;
        window?.Add(itself.At, itself.Count, itself.Host);
        if (!_open.TryGetValue(key, out var alert))
        {
            var within = window?.Around(itself.At) ?? [itself];
            if (finding.Kind != FindingKind.Gap && within.Sum(slot => slot.Count) < rule.Count)
                return;
            _open[key] = alert = Raise(key, itself, within, now);
        }

        alert.Add(finding, stored.ReceivedAt);
        _changed.Add(alert);
        if (alert.Record.State == AlertState.Pending && rule.For <= TimeSpan.Zero)
            Fire(alert, rule, now);
    }

    /// <summary>Looks what time alone has changed.</summary>
    public void Tick(DateTimeOffset now)
    {
        foreach (var (key, alert) in _open.ToArray())
        {
            var rule = rules(key.Scan);
            var heard = alert.Record.LastHitAt > listeningSince ? alert.Record.LastHitAt : listeningSince;
            switch (alert.Record.State)
            {
                case var _ when rule is null:
                    // The scan was deleted, or raises no alerts any more.
                    End(key, alert, now, null);
                    break;
                case AlertState.Pending when !Holds(key, rule, now - heard):
                    End(key, alert, now, rule);
                    break;
                case AlertState.Pending when now - alert.HoldsSince >= rule.For:
                    Fire(alert, rule, now);
                    break;
                case AlertState.Firing when now - heard >= rule.ResolveAfter:
                    End(key, alert, now, rule);
                    break;
                case AlertState.Firing when alert.Record.SilenceId is not null && silences.Find(alert.Record, now) is null:
                    alert.SetSilence(null);
                    _changed.Add(alert);
                    SendFiring(alert, rule, now);
                    break;
            }
        }
    }

    /// <summary>What has changed since it was asked last.</summary>
    public (IReadOnlyList<AlertRecord> Alerts, IReadOnlyList<NewDelivery> Messages) Harvest()
    {
        // What ends makes room for what begins: at most one of a fingerprint is open at any time within the transaction too.
        var alerts = _changed.Select(alert => alert.ToRecord()).OrderByDescending(alert => alert.State).ToArray();
        var harvest = (alerts, _messages.ToArray());
        _changed.Clear();
        _messages.Clear();
        return harvest;
    }

    private static OpenAlert Raise(AlertKey key, HitWindow.Slot itself, IReadOnlyList<HitWindow.Slot> within, DateTimeOffset now)
    {
        var alert = new OpenAlert(new AlertRecord
        {
            Id = "al-" + Guid.NewGuid().ToString("N")[..12],
            Scan = key.Scan,
            Pattern = key.Pattern,
            AgentName = key.AgentName,
            Template = key.Template,
            Fingerprint = key.Fingerprint,
            Severity = 0,
            State = AlertState.Pending,
            StartedAt = within.Count > 0 ? within[0].At : itself.At,
            LastHitAt = now,
            Count = 0,
        })
        { HoldsSince = now };

        // The finding itself is one of them, and is counted with all that belongs to it.
        var own = itself.Count;
        foreach (var slot in within)
        {
            var mine = slot.At == itself.At || slot.Host == itself.Host ? Math.Min(own, slot.Count) : 0;
            own -= mine;
            if (slot.Count > mine)
                alert.AddEarlier(slot.Count - mine, slot.Host);
        }

        return alert;
    }

    private void Fire(OpenAlert alert, AlertRules rule, DateTimeOffset now)
    {
        alert.Fire(now);
        _changed.Add(alert);
        if (silences.Find(alert.Record, now) is { } silence)
            alert.SetSilence(silence.Id);
        else
            SendFiring(alert, rule, now);
    }

    private void End(AlertKey key, OpenAlert alert, DateTimeOffset now, AlertRules? rule)
    {
        var isTold = alert.Record is { State: AlertState.Firing, SilenceId: null };
        alert.Resolve(now);
        _changed.Add(alert);
        _open.Remove(key);
        // Whoever was told that it fires keeps an incident open until he is told that it is over: whatever was silenced since, and by the
        // channels by which he was told, whatever the rule says now.
        if (isTold)
            _messages.Add(MessageOf(alert, "", "resolved", now, rule?.Quiet.QuietUntil(now, zone)));
    }

    private void SendFiring(OpenAlert alert, AlertRules rule, DateTimeOffset now)
    {
        var notBefore = rule.Quiet.QuietUntil(now, zone);
        _messages.AddRange(rule.Notify.Select(channel => MessageOf(alert, channel, "firing", now, notBefore)));
    }

    private static NewDelivery MessageOf(OpenAlert alert, string channel, string status, DateTimeOffset now, DateTimeOffset? notBefore) =>
        new(alert.Record.Id, channel, status, alert.ToMessage().ToByteArray(), now) { NotBefore = notBefore, Severity = alert.Record.Severity };

    // By the times of the lines, which may lag behind the clock: so long after the latest of them as nothing has been heard.
    private bool Holds(AlertKey key, AlertRules rule, TimeSpan quiet) => quiet < rule.Window
        && (key.Pattern == AlertRules.GapPattern || !_windows.TryGetValue(key, out var window) || window.CountAfter(quiet) >= rule.Count);

    private HitWindow WindowOf(AlertKey key, AlertRules rule)
    {
        if (_windows.TryGetValue(key, out var window) && window.Span == rule.Window)
            return window;
        if (_windows.Count >= MostWindows)
            _windows.Remove(_windows.MinBy(entry => entry.Value.Last).Key);
        return _windows[key] = new HitWindow(rule.Window);
    }

    // A line that claims to be of the future would make all others look old.
    private static DateTimeOffset TimeOf(StoredFinding stored) => stored.Finding.At < stored.ReceivedAt ? stored.Finding.At : stored.ReceivedAt;

    private static long LinesOf(Finding finding) => Math.Max(1, finding.Count);

    private AlertKey KeyOf(Finding finding, AlertRules rule)
    {
        var key = rule.KeyOf(finding);
        return _open.Count < MostOpen || _open.ContainsKey(key) ? key : key with { AgentName = "", Template = "" };
    }

    private static AlertKey KeyOf(AlertRecord record) => new(record.Scan, record.Pattern, record.AgentName, record.Template);
}
