using Fleet.Controller.Identity;
using Fleet.Controller.Notifications;
using Fleet.Protocol;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Alerts;

/// <summary>Alerts, for operators.</summary>
internal sealed class AlertsService(IFleetStore store, SilenceCommands silences, SilenceCache book, ChannelPost post, TimeProvider time)
    : Protocol.V1.Alerts.AlertsBase
{
    private const int DefaultLimit = 200;
    private const int MostLimit = 10_000;
    private const int MostIds = 1000;
    private const int MostBytes = Limits.MessageBytes * 3 / 4;
    private const int LongestComment = 1024;

    /// <inheritdoc/>
    public override async Task<ListAlertsReply> ListAlerts(ListAlertsRequest request, ServerCallContext context)
    {
        if (request.Limit > MostLimit)
            throw Bad($"limit is at most {MostLimit}");
        var limit = request.Limit == 0 ? DefaultLimit : (int)request.Limit;
        // One more than is wanted tells whether there are more.
        var found = await store.Alerts.ListAsync(request.All, request.Scan.Length > 0 ? request.Scan : null, limit + 1, context.CancellationToken);
        var reply = new ListAlertsReply { Truncated = found.Count > limit };
        var bytes = 0;
        foreach (var alert in await TellAsync([.. found.Take(limit)], context.CancellationToken))
        {
            bytes += alert.CalculateSize();
            if (bytes > MostBytes)
            {
                reply.Truncated = true;
                break;
            }

            reply.Alerts.Add(alert);
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<Alert> GetAlert(GetAlertRequest request, ServerCallContext context)
    {
        var alert = await store.Alerts.FindAsync(request.Id, context.CancellationToken)
            ?? throw new RpcException(new Status(StatusCode.NotFound, "alert not found; see 'fleet alerts list --all'"));
        return (await TellAsync([alert], context.CancellationToken)).Single();
    }

    /// <inheritdoc/>
    public override async Task<AcknowledgeAlertsReply> AcknowledgeAlerts(AcknowledgeAlertsRequest request, ServerCallContext context)
    {
        if (request.Ids.Count is 0 or > MostIds)
            throw Bad($"ids must hold 1 to {MostIds} alerts; 'fleet alerts' shows them");
        if (OneLineText.FindFault(request.Comment, LongestComment) is { } fault)
            throw Bad($"comment {fault}");
        var done = await store.Alerts.AcknowledgeAsync(request.Ids, context.GetCallerName(), request.Comment, time.GetUtcNow(), context.CancellationToken);
        return done.Count > 0
            ? new AcknowledgeAlertsReply { Acknowledged = { done } }
            : throw new RpcException(new Status(StatusCode.NotFound, "alerts not found; see 'fleet alerts'"));
    }

    /// <inheritdoc/>
    public override async Task<Silence> CreateSilence(CreateSilenceRequest request, ServerCallContext context) =>
        AlertMessages.Of(await silences.CreateAsync(request, context.GetCallerName(), context.CancellationToken));

    /// <inheritdoc/>
    public override async Task<ListSilencesReply> ListSilences(ListSilencesRequest request, ServerCallContext context) =>
        new() { Silences = { (await silences.ListAsync(context.CancellationToken)).Select(AlertMessages.Of) } };

    /// <inheritdoc/>
    public override async Task<Silence> DeleteSilence(DeleteSilenceRequest request, ServerCallContext context) =>
        AlertMessages.Of(await silences.DeleteAsync(request.Id, context.CancellationToken));

    /// <inheritdoc/>
    public override async Task<TestChannelReply> TestChannel(TestChannelRequest request, ServerCallContext context)
    {
        if (!post.Knows(request.Name))
            throw new RpcException(new Status(StatusCode.NotFound, "channel not found; see 'fleet scan list'"));
        var outcome = await post.SendAsync(request.Name, Sample(context.GetCallerName()), context.CancellationToken);
        return new TestChannelReply { Delivered = outcome.IsSent, Error = outcome.Fault };
    }

    private async Task<IEnumerable<Alert>> TellAsync(IReadOnlyList<AlertRecord> alerts, CancellationToken cancellationToken)
    {
        var deliveries = await store.Alerts.DeliveriesOfAsync([.. alerts.Select(alert => alert.Id)], cancellationToken);
        var byAlert = deliveries.ToLookup(delivery => delivery.Delivery.AlertId);
        return alerts.Select(alert => AlertMessages.Of(WithSilence(alert), byAlert[alert.Id]));
    }

    // A silence that came after the first message holds nothing of this alert back, and does not stand in it; whoever made it wants to see it.
    private AlertRecord WithSilence(AlertRecord alert) =>
        alert.State == AlertState.Resolved || alert.SilenceId is not null ? alert : alert with { SilenceId = book.Find(alert, time.GetUtcNow())?.Id };

    private Notification Sample(string by)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new Notification($"test-{Guid.NewGuid():N}", "test", new Alert
        {
            Id = "al-test", Scan = "test", Pattern = "test", Severity = Severity.Info, AgentName = "no-host", Count = 1,
            StartedMs = now, FiredMs = now, LastHitMs = now, HostCount = 1, Hosts = { "no-host" }, Examples = { $"{by} tries this channel" },
        });
    }

    private static RpcException Bad(string fault) => new(new Status(StatusCode.InvalidArgument, fault));
}
