using Fleet.Controller.Agents;
using Fleet.Controller.Link;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;

namespace Fleet.Controller.Scans;

/// <summary>Takes what scans on an agent found and how they fare. What they found is stored first, acknowledged then, judged after.</summary>
/// <remarks>
/// Nothing is taken for granted: of a scan that the agent did not have it is stored and not judged, of a scan that there never was it is dropped,
/// and of more than it may report it is acknowledged later and, where it does not wait for that, counted.
/// </remarks>
internal sealed partial class ReportIntake
{
    // States live in memory, once for each agent.
    private const int MostStateBytes = 256 * 1024;
    private const int MostStates = 1000;

    private readonly IFleetStore _store;
    private readonly ScanStateCache _states;
    private readonly ScanEntitlement _entitlement;
    private readonly HitMeters _meters;
    private readonly Reloadable<AgentsOptions> _options;
    private readonly FindingSignals _signals;
    private readonly TimeProvider _time;
    private readonly ILogger<ReportIntake> _log;

    public ReportIntake(
        IFleetStore store, ScanStateCache states, ScanEntitlement entitlement, HitMeters meters, Reloadable<AgentsOptions> options, FindingSignals signals,
        TimeProvider time, ILogger<ReportIntake> log)
    {
        (_store, _states, _entitlement, _meters, _options, _signals, _time, _log) = (store, states, entitlement, meters, options, signals, time, log);
    }

    /// <summary>Stores a report. The agent's next one is read only after this: a slow store slows the agent, whose spool can wait.</summary>
    public async Task TakeAsync(AgentSession session, ScanReport report)
    {
        // 1. Its form.
        var now = _time.GetUtcNow();
        if (ReportCheck.FindFault(report) is { Length: > 0 } fault)
        {
            session.End(LinkEnd.Fault(StatusCode.InvalidArgument, fault));
            return;
        }

        // 2. More than the agent may report, although it was not acknowledged, or than one of its scans may while it holds up the others: the
        // surplus is counted.
        var meter = _meters.Of(session.Agent.Id);
        if (meter.WasFolded(report.SpoolId, report.Number))
        {
            session.ReportStored(report);
            return;
        }

        var rates = RatesOf(session);
        if (meter.IsExhausted(rates.OfAgent, now))
        {
            session.End(LinkEnd.Fault(
                StatusCode.ResourceExhausted, $"scan_report: sent on without waiting for acknowledgements, far beyond {rates.OfAgent} findings a minute"));
            return;
        }

        var isRepeat = meter.WasStored(report.SpoolId, report.Number);
        var choice = isRepeat ? HitChoice.All(report.Hits) : meter.Choose(report.Hits, rates, session.Since, now);
        var isFolded = choice.Surplus.Count > 0;
        if (isFolded)
            report = SurplusHits.Fold(report, choice);

        // 3. What the agent had when it read the lines.
        var standing = _entitlement.Of(session.Agent);
        var findings = ReportCheck.Read(report, session.Agent.Id, session.Agent.Name, now, standing, out var unknown);
        Note(session, meter, findings.Count(finding => finding.IsUnassigned), unknown);

        // 4. Stored. Many agents' reports share a commit: that is the store's doing.
        var added = await _store.Findings.AppendAsync(findings, now, session.Reading);
        meter.Stored(report.SpoolId, report.Number, isFolded);
        LogTaken(session.Agent.Name, report.Number, findings.Count, added);

        // 5. Acknowledged, at once or when it is this agent's turn again. What was there before cost nothing.
        var lines = added == findings.Count ? findings.Sum(finding => finding.Count) : added;
        if (!isRepeat)
            meter.TakeOfScans(choice.Kept, rates, session.Since, now);
        var (acknowledgeAt, isNews) = meter.Take(added, lines, rates.OfAgent, now);
        session.ReportStored(report, acknowledgeAt);
        if (isNews)
            LogSlowed(session.Agent.Name, meter.Read(now).HitsPerMinute, rates.OfAgent);
        if (choice.ToTell is { } scan)
            LogCounted(session.Agent.Name, scan, rates.OfScan);
        if (added > 0)
            _signals.Set();
    }

    /// <summary>Keeps an agent's word on how its scans fare.</summary>
    public void Take(AgentSession session, ScanStates message)
    {
        if (message.Scans.Count > MostStates || message.CalculateSize() > MostStateBytes)
            session.End(LinkEnd.Fault(StatusCode.InvalidArgument, $"scan_states has more than {MostStates} scans or {MostStateBytes} bytes"));
        else
        {
            foreach (var source in message.Scans.SelectMany(scan => scan.Sources))
                (source.Source, source.Error) = (OneLineText.Clean(source.Source), OneLineText.Clean(source.Error));
            _states.Put(session.Agent.Id, message);
        }
    }

    private HitRates RatesOf(AgentSession session) =>
        new(_options.Value.MaxHitsPerMinute, _entitlement.CountOf(session.Agent) > 1 ? _options.Value.MaxHitsPerMinutePerScan : int.MaxValue);

    // Once for each link: an agent can make as many of them as it likes.
    private void Note(AgentSession session, HitMeter meter, int notAssigned, int unknown)
    {
        if (notAssigned + unknown == 0)
            return;
        meter.TakeStrange(notAssigned, unknown);
        if (session.IsFirstStrangeReport())
            LogStrange(session.Agent.Name, notAssigned, unknown);
    }

    [LoggerMessage(4610, LogLevel.Debug, "{Agent}: report {Number} with {Findings} findings, {Added} of them new")]
    private partial void LogTaken(string agent, ulong number, int findings, int added);

    [LoggerMessage(4611, LogLevel.Warning,
        "Agent {Agent} reports {Rate} hits a minute, more than the {Limit} of agents.maxHitsPerMinute: its reports are slowed down")]
    private partial void LogSlowed(string agent, long rate, int limit);

    [LoggerMessage(4612, LogLevel.Warning,
        "Agent {Agent} reports of scans that it was not given: {NotAssigned} findings are stored and raise no alert, {Unknown} are of scans that do not exist "
        + "and are dropped; 'fleet agents show {Agent}' counts further ones")]
    private partial void LogStrange(string agent, int notAssigned, int unknown);

    [LoggerMessage(4613, LogLevel.Warning,
        "Agent {Agent} is slowed down, and its scan {Scan} reports more than the {Limit} hits a minute of agents.maxHitsPerMinutePerScan: the surplus is counted "
        + "by kind of line, so that its other scans are not held up")]
    private partial void LogCounted(string agent, string scan, int limit);
}
