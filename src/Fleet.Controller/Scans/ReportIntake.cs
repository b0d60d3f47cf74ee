using Fleet.Controller.Alerts;
using Fleet.Controller.Hits;
using Fleet.Controller.Link;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Scans;

/// <summary>Takes what scans on an agent found and how they fare. What they found is stored first, acknowledged then, judged after.</summary>
internal sealed partial class ReportIntake(
    IFleetStore store, ScanStateBook states, JudgeSignal judge, HitSignal followers, TimeProvider time, ILogger<ReportIntake> log)
{
    // States live in memory, once for each agent.
    private const int MostStateBytes = 256 * 1024;
    private const int MostStates = 1000;

    /// <summary>Stores a report. The agent's next one is read only after this: a slow store slows the agent, whose spool can wait.</summary>
    public async Task TakeAsync(AgentSession session, ScanReport report)
    {
        var now = time.GetUtcNow();
        if (ReportCheck.Read(report, session.Agent.Id, session.Agent.Name, now, out var fault) is not { } findings)
        {
            session.End(LinkEnd.Fault(StatusCode.InvalidArgument, fault));
            return;
        }

        // Many agents' reports share a commit: that is the store's doing.
        var added = await store.Findings.AppendAsync(findings, now, session.Reading);
        session.ReportStored(report);
        LogTaken(session.Agent.Name, report.Number, findings.Count, added);
        if (added == 0)
            return;
        judge.Set();
        followers.Pulse();
    }

    /// <summary>Keeps an agent's word on how its scans fare.</summary>
    public void Take(AgentSession session, ScanStates message)
    {
        if (message.Scans.Count > MostStates || message.CalculateSize() > MostStateBytes)
            session.End(LinkEnd.Fault(StatusCode.InvalidArgument, $"scan_states has more than {MostStates} scans or {MostStateBytes} bytes"));
        else
        {
            foreach (var source in message.Scans.SelectMany(scan => scan.Sources))
                (source.Source, source.Fault) = (OneLineText.Clean(source.Source), OneLineText.Clean(source.Fault));
            states.Put(session.Agent.Id, message);
        }
    }

    [LoggerMessage(4610, LogLevel.Debug, "{Agent}: report {Number} with {Findings} findings, {Added} of them new")]
    private partial void LogTaken(string agent, ulong number, int findings, int added);
}
