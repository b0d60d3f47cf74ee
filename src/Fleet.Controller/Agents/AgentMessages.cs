using Fleet.Controller.Registry;
using Fleet.Controller.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Agents;

/// <summary>Translates what is known of agents into what operators see.</summary>
internal static class AgentMessages
{
    /// <summary>An agent.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="hits">What it reported.</param>
    /// <param name="holdsDuplicates">Whether new tasks wait where two processes use an identity.</param>
    public static Agent ToMessage(AgentEntry agent, HitMeterReading hits, bool holdsDuplicates)
    {
        // One snapshot of each half, so that a line never contradicts itself.
        var record = agent.Record;
        var presence = agent.Presence;
        var link = (presence as AgentPresence.Linked)?.Link;
        var message = new Agent
        {
            Id = record.Id,
            Name = record.Name,
            Online = link is not null,
            FactsReportedMs = Ms(record.FactsReportedAt),
            Version = record.Version ?? "",
            EnrolledMs = Ms(record.EnrolledAt),
            ConnectedMs = Ms(link?.Since),
            LastSeenMs = Ms(link is null ? agent.LastSeen : link.LastHeard),
            OfflineReason = (presence as AgentPresence.Away)?.Reason ?? "",
            CertificateExpiresMs = Ms(record.CertificateNotAfter),
            RunningTasks = (uint)(link?.RunningTasks ?? 0),
            RoundTripUs = (long)(link?.RoundTrip ?? TimeSpan.Zero).TotalMicroseconds,
            DuplicateSinceMs = Ms(record.DuplicateSince),
            DuplicateNote = record.DuplicateNote ?? "",
            TasksHeld = holdsDuplicates && record.DuplicateSince is not null,
            HitsPerMinute = (uint)Math.Min(hits.HitsPerMinute, uint.MaxValue),
            HitsSlowedSinceMs = Ms(hits.SlowedSince),
            FindingsNotAssigned = (ulong)hits.NotAssigned,
            FindingsUnknownScan = (ulong)hits.UnknownScan,
        };
        foreach (var (key, value) in record.Labels)
            message.Labels.Add(key, value);
        foreach (var (key, value) in record.Facts)
            message.Facts.Add(key, value);
        foreach (var condition in link?.Conditions ?? [])
            message.Conditions.Add(new AgentCondition { Kind = condition.Kind, Message = condition.Message, SinceMs = Ms(condition.Since) });
        return message;
    }

    private static long Ms(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? 0;
}
