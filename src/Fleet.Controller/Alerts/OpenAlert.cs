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

    public OpenAlert(AlertRecord record)
    {
        Record = record;
        _detail = record.Detail.Length > 0 ? Alert.Parser.ParseFrom(record.Detail) : new Alert();
    }

    /// <summary>As it is to be stored.</summary>
    public AlertRecord Record { get; private set; }

    /// <summary>Counts a finding.</summary>
    public void Add(Finding finding, DateTimeOffset receivedAt)
    {
        if (!_detail.Hosts.Contains(finding.AgentName))
        {
            // Beyond the bound hosts are counted without looking whether they were counted before: at least so many.
            if (_detail.Hosts.Count < MostHosts)
                _detail.Hosts.Add(finding.AgentName);
            _detail.HostCount = Math.Max(_detail.HostCount, (uint)_detail.Hosts.Count);
        }

        if (_detail.Examples.Count < MostExamples && finding.Text.Length > 0)
        {
            var example = Encoding.UTF8.GetString(finding.Text.AsSpan(0, Math.Min(finding.Text.Length, LongestExample)));
            if (!_detail.Examples.Contains(example))
                _detail.Examples.Add(example);
        }

        Record = Record with
        {
            Count = Record.Count + Math.Max(1, finding.Count),
            Severity = Math.Max(Record.Severity, finding.Severity),
            LastHitAt = receivedAt > Record.LastHitAt ? receivedAt : Record.LastHitAt,
        };
    }

    public void Fire(DateTimeOffset now) => Record = Record with { State = AlertState.Firing, FiredAt = now };

    public void Resolve(DateTimeOffset now) => Record = Record with { State = AlertState.Resolved, ResolvedAt = now };

    public void SetSilence(string? silenceId) => Record = Record with { SilenceId = silenceId };

    /// <summary>What was counted before there was an alert.</summary>
    public void AddEarlier(long count) => Record = Record with { Count = Record.Count + count };

    /// <summary>As it is to be stored, hosts and examples included.</summary>
    public AlertRecord ToRecord() => Record with { Detail = _detail.ToByteArray() };

    /// <summary>As operators and channels see it.</summary>
    public Alert ToMessage() => AlertMessages.Of(ToRecord());
}
