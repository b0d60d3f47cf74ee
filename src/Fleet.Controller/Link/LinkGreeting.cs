using Fleet.Controller.Dispatch;
using Fleet.Controller.Registry;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Fleet.Storage;
using TaskState = Fleet.Storage.TaskState;
using Grpc.Core;

namespace Fleet.Controller.Link;

/// <summary>The first words of a link: hello, welcome, and who has which task.</summary>
internal sealed partial class LinkGreeting
{
    // An agent that flaps is told in full at first, and then in numbers.
    private const int LinesAMinute = 10;

    private readonly LiveSessions _sessions;
    private readonly DuplicateRegistry _duplicates;
    private readonly AgentRegistry _registry;
    private readonly Dispatcher _dispatcher;
    private readonly IFleetStore _store;
    private readonly SessionServices _room;

    public LinkGreeting(
        LiveSessions sessions, DuplicateRegistry duplicates, AgentRegistry registry, Dispatcher dispatcher, IFleetStore store, SessionServices room)
    {
        _sessions = sessions;
        _duplicates = duplicates;
        _registry = registry;
        _dispatcher = dispatcher;
        _store = store;
        _room = room;
    }

    /// <summary>Takes the hello and answers it. Null where the link may not stand; the session then has its end.</summary>
    public async Task<CheckedHello?> ExchangeAsync(
        AgentSession session, IAsyncStreamReader<AgentMessage> requests, IServerStreamWriter<ControllerMessage> responses)
    {
        // 1. The agent says hello, soon and in a form that we know.
        if (await ReceiveAsync(session, requests) is not { } hello)
            return null;

        // 2. One link an identity: the newest, unless two processes live with it.
        (session.ProcessId, session.ScanSetDigest) = (hello.ProcessId, hello.ScanSetDigest);
        (session.BootId, session.Machine) = (hello.BootId, hello.Machine);
        session.Architecture = hello.Facts.GetValueOrDefault("arch", "");
        var refusal = _sessions.Admit(session, out var duplicate);
        await _duplicates.ExamineAsync(session, duplicate);
        if (refusal is not null)
        {
            session.Cut(refusal);
            return null;
        }

        // 3. What it has is compared with what it was handed. From here on dispatch may post; the writer has not begun yet.
        var reconciled = await _dispatcher.LinkUpAsync(session.Agent.Id, session, hello.Incarnation, hello.Held, session.Reading);
        var welcome = Welcome(session, reconciled);
        await SettleNotOpenAsync(session, reconciled.NotOpen, welcome);

        // 4. Seen as online only now: whoever sees it may count on dispatch knowing it. The room of scans sees it too, and sends
        // the agent its scans where the digest of those it has is another.
        if (!_registry.Attach(session.Agent.Id, session))
        {
            session.Cut(new Goodbye { Cause = Goodbye.Types.Cause.Revoked, Reason = "the agent was removed" });
            return null;
        }

        await session.WriteAsync(responses, new ControllerMessage { Welcome = welcome }, more: false);
        if (_room.Lines.AdmitsOfAgent(session.Agent.Name, "connected", session.Peer, LinesAMinute))
            LogLinked(_room.Log, session.Agent.Name, session.Id, session.Peer, hello.Version, hello.Held.Count);
        return hello;
    }

    /// <summary>Undoes what <see cref="ExchangeAsync"/> did, as far as it came.</summary>
    public async Task LeaveAsync(AgentSession session)
    {
        var now = _room.Time.GetUtcNow();
        _sessions.Leave(session);
        var reason = session.Ended?.OfflineReason ?? "closed";
        if (_registry.Detach(session.Agent.Id, session, now, reason) && _room.Lines.AdmitsOfAgent(session.Agent.Name, "disconnected", reason, LinesAMinute))
            LogUnlinked(_room.Log, session.Agent.Name, session.Id, reason, _room.Time.GetUtcNow() - session.Since);

        // Posted without a token: dispatch must hear of it. It does not wait but for the loop, which always drains or has ended.
        try
        {
            await _dispatcher.LinkDownAsync(session.Agent.Id, session, CancellationToken.None);
        }
        catch (DispatchStoppedException)
        {
            // The controller is stopping, and the loop has ended before us.
        }
    }

    private async Task<CheckedHello?> ReceiveAsync(AgentSession session, IAsyncStreamReader<AgentMessage> requests)
    {
        using var limit = new CancellationTokenSource(_room.Options.Value.HelloTimeout, _room.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, session.Reading);
        try
        {
            if (!await requests.MoveNext(either.Token))
                return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !session.Reading.IsCancellationRequested)
        {
            session.End(LinkEnd.Fault(StatusCode.DeadlineExceeded, $"no hello within {_room.Options.Value.HelloTimeout}"));
            return null;
        }

        session.Heard();
        if (requests.Current.MessageCase != AgentMessage.MessageOneofCase.Hello)
        {
            session.End(LinkEnd.Fault(StatusCode.FailedPrecondition, "the first message must be a hello"));
            return null;
        }

        return Check(session, requests.Current.Hello);
    }

    private CheckedHello? Check(AgentSession session, Hello hello)
    {
        if (hello.ProtocolVersion != HelloCheck.ProtocolVersion)
        {
            if (_room.Lines.AdmitsOfAgent(session.Agent.Name, "speaks another protocol", $"{hello.ProtocolVersion}"))
                LogIncompatible(_room.Log, session.Agent.Name, hello.ProtocolVersion, HelloCheck.ProtocolVersion);
            session.Cut(new Goodbye
            {
                Cause = Goodbye.Types.Cause.Incompatible,
                Reason = $"the agent speaks protocol {hello.ProtocolVersion}, this controller {HelloCheck.ProtocolVersion}; update the older one",
                RetryAfterMs = (long)_room.Options.Value.CloneRetryAfter.TotalMilliseconds,
            });
            return null;
        }

        var known = HelloCheck.Check(hello, out var fault);
        if (known is null)
            session.End(LinkEnd.Fault(StatusCode.InvalidArgument, fault));
        return known;
    }

    private Welcome Welcome(AgentSession session, Reconciliation reconciled)
    {
        var welcome = new Welcome
        {
            ProtocolVersion = HelloCheck.ProtocolVersion,
            ControllerVersion = ControllerVersion.Text,
            NowMs = _room.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            HeartbeatTimeoutMs = (long)_room.Options.Value.HeartbeatTimeout.TotalMilliseconds,
            SessionId = session.Id,
            // Of all that are enrolled: the first ones back after a restart stand for few links yet.
            ReconnectWindowMs = (long)_room.Handshakes.Value.ReconnectWindow(_registry.Count).TotalMilliseconds,
        };
        foreach (var (taskId, seq) in reconciled.ResumeFrom)
            welcome.ResumeFrom.Add(new TaskAck { TaskId = taskId, Seq = (ulong)seq });
        return welcome;
    }

    // A task that has ended here needs nothing more from the agent: all of it counts as acknowledged. One that we never heard of,
    // or that was made for another agent, is left out of the welcome, and the agent ends and forgets it.
    private async Task SettleNotOpenAsync(AgentSession session, IReadOnlyList<HeldTaskReport> notOpen, Welcome welcome)
    {
        foreach (var held in notOpen)
        {
            var id = TaskId.Parse(held.TaskId);
            var stored = await _store.Jobs.GetTaskAsync(id.Job.ToString(), id.Ordinal, session.Reading);
            if (stored is null || stored.AgentId != session.Agent.Id)
                continue;

            if (_room.Lines.AdmitsOfAgent(session.Agent.Name, "holds tasks that have ended here", held.TaskId, LinesAMinute))
                LogGivenUp(_room.Log, held.TaskId, session.Agent.Name, stored.State);
            welcome.ResumeFrom.Add(new TaskAck { TaskId = held.TaskId, Seq = (ulong)held.LastSeq });
            if (held.IsRunning)
                session.Post(TaskMessages.Cancel(held.TaskId, CancelCause.Abandoned, $"the task has ended here as {stored.State}"));
        }
    }

    [LoggerMessage(3530, LogLevel.Information, "Agent {Agent} connected, session {Session} from {Peer}, version {Version}, {Held} tasks held")]
    private static partial void LogLinked(ILogger log, string agent, string session, string peer, string version, int held);

    [LoggerMessage(3531, LogLevel.Information, "Agent {Agent} disconnected, session {Session}: {Reason}, after {Lasted}")]
    private static partial void LogUnlinked(ILogger log, string agent, string session, string reason, TimeSpan lasted);

    [LoggerMessage(3532, LogLevel.Warning, "Agent {Agent} refused: it speaks protocol {Theirs}, this controller {Ours}")]
    private static partial void LogIncompatible(ILogger log, string agent, uint theirs, uint ours);

    [LoggerMessage(3533, LogLevel.Information, "Task {TaskId} is still held by {Agent}; it ended here as {State}")]
    private static partial void LogGivenUp(ILogger log, string taskId, string agent, TaskState state);
}
