using System.Text;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;

namespace Fleet.Controller.Alerts;

/// <summary>An alert that is not resolved. Owned by the judge.</summary>
internal sealed class OpenAlert
{
    private const int MostHosts = 100;
    private const int MostExamples = 3;
    private const int LongestExample = 1024;

    private readonly Alert _detail;
    private readonly HashSet<string> _hosts;

    public OpenAlert(AlertRecord record)
    {
        Record = record;
        _detail = record.Detail.Length > 0 ? Alert.Parser.ParseFrom(record.Detail) : new Alert();
        _hosts = new HashSet<string>(_detail.Hosts, StringComparer.Ordinal);
    }

    /// <summary>As it is to be stored.</summary>
    public AlertRecord Record { get; private set; }

    /// <summary>Since when the rule's condition holds. It travels as the detail's <c>started_ms</c>; the record's own is the first hit.</summary>
    public DateTimeOffset HoldsSince
    {
        get => DateTimeOffset.FromUnixTimeMilliseconds(_detail.StartedMs);
        init => _detail.StartedMs = value.ToUnixTimeMilliseconds();
    }

    /// <summary>Counts a finding.</summary>
    public void Add(Finding finding, DateTimeOffset receivedAt)
    {
        AddHost(finding.AgentName);
        if (_detail.Examples.Count < MostExamples && finding.Text.Length > 0)
        {
            var example = ExampleOf(finding.Text);
            if (!_detail.Examples.Contains(example))
                _detail.Examples.Add(example);
        }

        Record = Record with
        {
            Count = Record.Count + Math.Max(1, finding.Count),
            // Nobody knows what was lost: a gap is a warning.
            Severity = Math.Max(Record.Severity, finding.Kind == FindingKind.Gap ? (int)Severity.Warning : finding.Severity),
            LastHitAt = receivedAt > Record.LastHitAt ? receivedAt : Record.LastHitAt,
        };
    }

    /// <summary>What was counted before there was an alert.</summary>
    public void AddEarlier(long count, string host)
    {
        AddHost(host);
        Record = Record with { Count = Record.Count + count };
    }

    public void Fire(DateTimeOffset now) => Record = Record with { State = AlertState.Firing, FiredAt = now };

    public void Resolve(DateTimeOffset now) => Record = Record with { State = AlertState.Resolved, ResolvedAt = now };

    public void SetSilence(string? silenceId) => Record = Record with { SilenceId = silenceId };

    /// <summary>As it is to be stored, hosts and examples included.</summary>
    public AlertRecord ToRecord() => Record with { Detail = _detail.ToByteArray() };

    /// <summary>As operators and channels see it.</summary>
    public Alert ToMessage() => AlertMessages.Of(ToRecord());

    private void AddHost(string host)
    {
        if (!_hosts.Add(host))
            return;
        if (_detail.Hosts.Count < MostHosts)
            _detail.Hosts.Add(host);
        // After a restart those beyond the list are not known by name any more: at least so many.
        _detail.HostCount = Math.Max(_detail.HostCount, (uint)_hosts.Count);
    }

    // Lines hold what programs wrote: nothing that a terminal or a mail reader would obey goes out.
    private static string ExampleOf(byte[] text)
    {
        var example = Encoding.UTF8.GetString(text.AsSpan(0, Math.Min(text.Length, LongestExample)));
        return string.Create(example.Length, example, static (clean, dirty) =>
        {
            for (var i = 0; i < dirty.Length; i++)
                clean[i] = char.IsControl(dirty[i]) && dirty[i] is not ('\t' or '\n') ? '\ufffd' : dirty[i];
        });
    }
}
