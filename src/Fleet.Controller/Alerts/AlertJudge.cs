using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Alerts;

/// <summary>Decides which findings make alerts. It knows neither store nor clock: the same findings at the same times give the same alerts.</summary>
/// <remarks>
/// pending -> firing (the condition held long enough) -> resolved (quiet); pending -> resolved without a word (it did not hold).
/// One alert for each key, however many lines.
/// </remarks>
internal sealed class AlertJudge(Func<string, AlertRules?> rules, SilenceBook silences, TimeZoneInfo zone)
{
    // Windows of keys that raised nothing: beyond the bound the one that was quiet longest is forgotten.
    private const int MostWindows = 50_000;

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
        if (rules(stored.Finding.Scan) is { } rule && rule.Counts(stored.Finding))
            WindowOf(rule.KeyOf(stored.Finding), rule).Add(stored.Finding.At, Math.Max(1, stored.Finding.Count));
    }

    /// <summary>Judges a finding.</summary>
    public void Take(StoredFinding stored, DateTimeOffset now)
    {
        var finding = stored.Finding;
        if (rules(finding.Scan) is not { } rule || !rule.Counts(finding))
            return;
        var key = rule.KeyOf(finding);
        var window = WindowOf(key, rule);
        var earlier = window.Count;
        window.Add(finding.At, Math.Max(1, finding.Count));
        if (!_open.TryGetValue(key, out var alert))
        {
            if (window.Count < rule.Count)
                return;
            _open[key] = alert = Raise(key, window, now);
            alert.AddEarlier(Math.Min(earlier, window.Count - Math.Max(1, finding.Count)));
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
            var quiet = now - alert.Record.LastHitAt;
            switch (alert.Record.State)
            {
                case var _ when rule is null:
                    // The scan was deleted, or raises no alerts any more.
                    End(key, alert, now);
                    break;
                case AlertState.Pending when quiet > rule.Window:
                    End(key, alert, now);
                    break;
                case AlertState.Pending when now - alert.Record.StartedAt >= rule.For:
                    Fire(alert, rule, now);
                    break;
                case AlertState.Firing when quiet >= rule.ResolveAfter:
                    End(key, alert, now);
                    // Nobody was told that it fired while it was silenced: nobody need be told that it is over.
                    if (alert.Record.SilenceId is null)
                        Send(alert, rule, "resolved", now);
                    break;
                case AlertState.Firing when alert.Record.SilenceId is not null && silences.Find(alert.Record, now) is null:
                    alert.SetSilence(null);
                    _changed.Add(alert);
                    Send(alert, rule, "firing", now);
                    break;
            }
        }
    }

    /// <summary>What has changed since it was asked last.</summary>
    public (IReadOnlyList<AlertRecord> Alerts, IReadOnlyList<NewDelivery> Messages) Harvest()
    {
        var harvest = (_changed.Select(alert => alert.ToRecord()).ToArray(), _messages.ToArray());
        _changed.Clear();
        _messages.Clear();
        return harvest;
    }

    private static OpenAlert Raise(AlertKey key, HitWindow window, DateTimeOffset now) => new(new AlertRecord
    {
        Id = "al-" + Guid.NewGuid().ToString("N")[..12],
        Scan = key.Scan,
        Pattern = key.Pattern,
        AgentName = key.AgentName,
        Template = key.Template,
        Fingerprint = key.Fingerprint,
        Severity = 0,
        State = AlertState.Pending,
        StartedAt = window.First < now ? window.First : now,
        LastHitAt = now,
        Count = 0,
    });

    private void Fire(OpenAlert alert, AlertRules rule, DateTimeOffset now)
    {
        alert.Fire(now);
        _changed.Add(alert);
        if (silences.Find(alert.Record, now) is { } silence)
            alert.SetSilence(silence.Id);
        else
            Send(alert, rule, "firing", now);
    }

    private void End(AlertKey key, OpenAlert alert, DateTimeOffset now)
    {
        alert.Resolve(now);
        _changed.Add(alert);
        _open.Remove(key);
        _windows.Remove(key);
    }

    private void Send(OpenAlert alert, AlertRules rule, string occasion, DateTimeOffset now)
    {
        var message = alert.ToMessage().ToByteArray();
        var notBefore = rule.Quiet.QuietUntil(TimeZoneInfo.ConvertTime(now, zone));
        _messages.AddRange(rule.Notify.Select(channel => new NewDelivery(alert.Record.Id, channel, occasion, message, now) { NotBefore = notBefore }));
    }

    private HitWindow WindowOf(AlertKey key, AlertRules rule)
    {
        if (_windows.TryGetValue(key, out var window))
            return window;
        if (_windows.Count >= MostWindows)
            _windows.Remove(_windows.MinBy(entry => entry.Value.Last).Key);
        return _windows[key] = new HitWindow(rule.Window);
    }

    private static AlertKey KeyOf(AlertRecord record) => new(record.Scan, record.Pattern, record.AgentName, record.Template);
}
