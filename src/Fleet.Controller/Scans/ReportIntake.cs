using Fleet.Controller.Alerts;
using Fleet.Controller.Link;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Scans;

/// <summary>Takes what scans on an agent found: stored first, acknowledged then, judged after.</summary>
internal sealed partial class ReportIntake(IFleetStore store, JudgeSignal judge, TimeProvider time, ILogger<ReportIntake> log)
{
    /// <summary>Stores a report. The agent's next one is read only after this: a slow store slows the agent, whose spool can wait.</summary>
    public async Task TakeAsync(AgentSession session, ScanReport report)
    {
        var now = time.GetUtcNow();
        if (ReportCheck.Read(report, session.Agent.Id, session.Agent.Name, now, out var fault) is not { } findings)
        {
            session.End(LinkEnd.Fault(StatusCode.InvalidArgument, fault));
            return;
        }

        var added = await store.Findings.AppendAsync(findings, now, session.Reading);
        session.Post(new ControllerMessage { ScanReportAck = new ScanReportAck { SpoolId = report.SpoolId, Number = report.Number } });
        if (added > 0)
            judge.Set();
        LogTaken(session.Agent.Name, report.Number, findings.Count, added);
    }

    [LoggerMessage(4610, LogLevel.Debug, "{Agent}: report {Number} with {Findings} findings, {Added} of them new")]
    private partial void LogTaken(string agent, ulong number, int findings, int added);
}
