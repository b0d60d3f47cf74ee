using Fleet.Protocol.V1;
using Fleet.Storage;

namespace Fleet.Controller.Alerts;

/// <summary>Alerts as operators see them.</summary>
internal static class AlertMessages
{
    public static Alert Of(AlertRecord record, IEnumerable<DeliveryRecord>? deliveries = null)
    {
        var alert = record.Detail.Length > 0 ? Alert.Parser.ParseFrom(record.Detail) : new Alert();
        alert.Id = record.Id;
        alert.Scan = record.Scan;
        alert.Pattern = record.Pattern;
        alert.Fingerprint = record.Fingerprint.Replace('\u001f', '/');
        alert.AgentName = record.AgentName;
        alert.Template = record.Template;
        alert.Severity = (Severity)record.Severity;
        alert.State = (Alert.Types.State)record.State;
        alert.StartedMs = record.StartedAt.ToUnixTimeMilliseconds();
        alert.FiredMs = record.FiredAt?.ToUnixTimeMilliseconds() ?? 0;
        alert.LastHitMs = record.LastHitAt.ToUnixTimeMilliseconds();
        alert.ResolvedMs = record.ResolvedAt?.ToUnixTimeMilliseconds() ?? 0;
        alert.Count = (ulong)record.Count;
        alert.AcknowledgedBy = record.AcknowledgedBy ?? "";
        alert.Acknowledgement = record.Acknowledgement ?? "";
        alert.SilenceId = record.SilenceId ?? "";
        alert.Deliveries.AddRange((deliveries ?? []).Select(Of));
        return alert;
    }

    public static Silence Of(SilenceRecord record) => new()
    {
        Id = record.Id,
        Scan = record.Scan,
        Pattern = record.Pattern,
        AgentName = record.AgentName,
        CreatedMs = record.CreatedAt.ToUnixTimeMilliseconds(),
        ExpiresMs = record.ExpiresAt.ToUnixTimeMilliseconds(),
        CreatedBy = record.CreatedBy,
        Comment = record.Comment,
    };

    private static Delivery Of(DeliveryRecord record) => new()
    {
        Channel = record.Delivery.Channel,
        Status = record.Delivery.Status,
        SentMs = record.SentAt?.ToUnixTimeMilliseconds() ?? 0,
        Attempts = (uint)record.Attempts,
        LastError = record.LastError,
        GivenUp = record.IsGivenUp,
    };
}
