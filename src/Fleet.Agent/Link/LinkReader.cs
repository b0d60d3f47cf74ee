using Fleet.Agent.Tailing;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Link;

/// <summary>The one reader of a link: hands what the controller says to whom it concerns, in order, until the link ends.</summary>
internal sealed partial class LinkReader(
    LinkParts parts, RecordFeed feed, ScanFeed? scans, TailFeed tails, LinkWriter writer, RoundTrip roundTrip, ILogger log)
{
    /// <summary>Reads until the controller ends the link, or the token is cancelled.</summary>
    /// <param name="stream">What the controller says.</param>
    /// <param name="silence">Told of each message.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<LinkEnd> RunAsync(IAsyncStreamReader<ControllerMessage> stream, SilenceWatch silence, CancellationToken cancellationToken)
    {
        while (await stream.MoveNext(cancellationToken))
        {
            silence.Restart();
            var message = stream.Current;
            switch (message.MessageCase)
            {
                case ControllerMessage.MessageOneofCase.Heartbeat:
                    roundTrip.Answered(message.Heartbeat.Number);
                    break;
                case ControllerMessage.MessageOneofCase.Ack:
                    foreach (var ack in message.Ack.Acks)
                    {
                        if (TaskId.TryParse(ack.TaskId, out var id))
                            feed.Acknowledge(id, ack.Seq);
                    }

                    break;
                case ControllerMessage.MessageOneofCase.StartTask:
                    await AnswerAsync(parts.Desk.Receive(message.StartTask), cancellationToken);
                    break;
                case ControllerMessage.MessageOneofCase.CancelTask:
                    await AnswerAsync(parts.Desk.Cancel(message.CancelTask), cancellationToken);
                    break;
                case ControllerMessage.MessageOneofCase.ScanSet when parts.Scans is not null:
                    parts.Scans.Take(message.ScanSet);
                    break;
                case ControllerMessage.MessageOneofCase.RunScan when parts.Scans is not null:
                    parts.Scans.RunNow(message.RunScan.Name);
                    break;
                case ControllerMessage.MessageOneofCase.ScanReportAck when scans is not null:
                    scans.Acknowledge(message.ScanReportAck);
                    break;
                case ControllerMessage.MessageOneofCase.StartTail:
                    tails.Start(message.StartTail);
                    break;
                case ControllerMessage.MessageOneofCase.TailCredit:
                    tails.Grant(message.TailCredit);
                    break;
                case ControllerMessage.MessageOneofCase.StopTail:
                    tails.Stop(message.StopTail);
                    break;
                case ControllerMessage.MessageOneofCase.CertificateIssued:
                    if (Accept(message.CertificateIssued))
                        return new LinkEnd.Renewed();
                    break;
                case ControllerMessage.MessageOneofCase.Goodbye:
                    return LinkEnd.Dismissed.Of(message.Goodbye);
                default:
                    LogUnknownMessage(message.MessageCase.ToString());
                    break;
            }
        }

        return new LinkEnd.Broken("the controller closed the connection");
    }

    private ValueTask AnswerAsync(TaskRecord? answer, CancellationToken cancellationToken) => answer is null
        ? ValueTask.CompletedTask
        : writer.SendAsync(new AgentMessage { Records = new TaskRecords { Records = { answer } } }, cancellationToken);

    private bool Accept(CertificateIssued issued)
    {
        try
        {
            parts.Renewal?.Accept([.. issued.Chain.Select(c => c.ToByteArray())]);
            return parts.Renewal is not null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogRenewalFailed(e.Message);
            return false;
        }
    }

    [LoggerMessage(5011, LogLevel.Warning, "Unknown message of kind {Kind} skipped")]
    private partial void LogUnknownMessage(string kind);

    [LoggerMessage(5013, LogLevel.Error, "The certificate could not be renewed, the present one stays in use: {Reason}")]
    private partial void LogRenewalFailed(string reason);
}
