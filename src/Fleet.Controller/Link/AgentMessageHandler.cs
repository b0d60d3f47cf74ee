using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Identity;
using Fleet.Controller.Registry;
using Fleet.Controller.Scans;
using Fleet.Controller.Tailing;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using CertificateRequest = Fleet.Protocol.V1.CertificateRequest;

namespace Fleet.Controller.Link;

/// <summary>What agents say after the hello.</summary>
internal sealed partial class AgentMessageHandler
{
    private static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(10);

    private readonly RecordIntake _records;
    private readonly ReportIntake _reports;
    private readonly TailRegistry _tails;
    private readonly AgentRegistry _registry;
    private readonly IAgentStore _store;
    private readonly IdentityRenewal _renewal;
    private readonly SessionServices _room;

    public AgentMessageHandler(
        RecordIntake records, ReportIntake reports, TailRegistry tails, AgentRegistry registry, IFleetStore store, IdentityRenewal renewal, SessionServices room)
    {
        _records = records;
        _reports = reports;
        _tails = tails;
        _registry = registry;
        _store = store.Agents;
        _renewal = renewal;
        _room = room;
    }

    /// <summary>Reads the stream until it ends or the session does.</summary>
    public async Task ReadAsync(AgentSession session, IAsyncStreamReader<AgentMessage> requests)
    {
        var renewedAt = DateTimeOffset.MinValue;
        while (await requests.MoveNext(session.Reading))
        {
            session.Heard();
            var message = requests.Current;
            switch (message.MessageCase)
            {
                case AgentMessage.MessageOneofCase.Heartbeat:
                    session.HeardBeat(message.Heartbeat);
                    break;
                case AgentMessage.MessageOneofCase.Records:
                    await _records.TakeAsync(session, message.Records);
                    break;
                case AgentMessage.MessageOneofCase.ScanReport:
                    await _reports.TakeAsync(session, message.ScanReport);
                    break;
                case AgentMessage.MessageOneofCase.ScanStates:
                    _reports.Take(session, message.ScanStates);
                    break;
                case AgentMessage.MessageOneofCase.TailOutput:
                    _tails.Take(session, message.TailOutput);
                    break;
                case AgentMessage.MessageOneofCase.Facts:
                    await TakeFactsAsync(session, message.Facts);
                    break;
                case AgentMessage.MessageOneofCase.CertificateRequest when _room.Time.GetUtcNow() - renewedAt > RenewalPause:
                    renewedAt = _room.Time.GetUtcNow();
                    await RenewAsync(session, message.CertificateRequest);
                    break;
                case AgentMessage.MessageOneofCase.CertificateRequest:
                    if (_room.Lines.AdmitsOfAgent(session.Agent.Name, "asks for certificates faster than it may", session.Peer))
                        LogTooManyRenewals(_room.Log, session.Agent.Name);
                    break;
                case AgentMessage.MessageOneofCase.Hello:
                    session.End(LinkEnd.Fault(StatusCode.FailedPrecondition, "a second hello on one stream"));
                    break;
                default:
                    LogUnknown(_room.Log, session.Agent.Name);
                    break;
            }
        }
    }

    /// <summary>Keeps what the hello said of the host. A store that fails here costs a line in the log, not the link.</summary>
    public async Task ArriveAsync(AgentSession session, CheckedHello hello)
    {
        var now = _room.Time.GetUtcNow();
        var agentId = session.Agent.Id;
        try
        {
            await Task.WhenAll(
                _store.RecordConnectedAsync(agentId, hello.Version, now, session.Reading),
                KeepFactsAsync(session, hello.Facts, now),
                _renewal.ConfirmAgentAsync(agentId, session.CertificateSerial, session.Reading));
            _registry.Change(agentId, record => record with { Version = hello.Version, LastConnectedAt = now });
        }
        catch (StoreException e)
        {
            LogNotKept(_room.Log, session.Agent.Name, e);
        }
    }

    private async Task TakeFactsAsync(AgentSession session, Facts message)
    {
        if (FactsCheck.Check(message, out var fault) is not { } facts)
        {
            session.End(LinkEnd.Fault(StatusCode.InvalidArgument, fault));
            return;
        }

        try
        {
            await KeepFactsAsync(session, facts, _room.Time.GetUtcNow());
        }
        catch (StoreException e)
        {
            LogNotKept(_room.Log, session.Agent.Name, e);
        }
    }

    private async Task KeepFactsAsync(AgentSession session, IReadOnlyDictionary<string, string> facts, DateTimeOffset at)
    {
        // An unchanged report is not worth a write: ten thousand agents come back after a restart of the controller.
        var record = session.Agent.Record;
        if (record.FactsReportedAt is not null && FactsCheck.AreSame(record.Facts, facts))
            return;
        if (await _store.SetFactsAsync(session.Agent.Id, facts, at, session.Reading))
            _registry.Change(session.Agent.Id, known => known with { Facts = facts, FactsReportedAt = at });
    }

    private async Task RenewAsync(AgentSession session, CertificateRequest request)
    {
        try
        {
            switch (await _renewal.RenewAgentAsync(session.Agent.Id, request.Csr.Memory, session.Reading))
            {
                case RenewalOutcome.Renewed renewed:
                    var issued = new CertificateIssued();
                    issued.Chain.AddRange(renewed.Chain.Select(static der => UnsafeByteOperations.UnsafeWrap(der)));
                    session.Post(new ControllerMessage { CertificateIssued = issued });
                    using (var certificate = X509CertificateLoader.LoadCertificate(renewed.Chain[0]))
                    {
                        var notAfter = new DateTimeOffset(certificate.NotAfter);
                        _registry.Change(session.Agent.Id, known => known with { CertificateNotAfter = notAfter });
                    }

                    break;
                case RenewalOutcome.Refused refused:
                    session.End(LinkEnd.Fault(StatusCode.InvalidArgument, $"certificate_request.csr: {refused.Reason}"));
                    break;
            }
        }
        catch (StoreException e)
        {
            // The agent asks again; it has a third of the certificate's life for that.
            LogNotKept(_room.Log, session.Agent.Name, e);
        }
    }

    [LoggerMessage(3540, LogLevel.Debug, "Unknown message from {Agent} skipped")]
    private static partial void LogUnknown(ILogger log, string agent);

    [LoggerMessage(3541, LogLevel.Warning, "{Agent} requests certificates too often; skipped")]
    private static partial void LogTooManyRenewals(ILogger log, string agent);

    [LoggerMessage(3542, LogLevel.Error, "Reports of {Agent} could not be stored")]
    private static partial void LogNotKept(ILogger log, string agent, Exception error);
}
