using System.Net.Sockets;
using Fleet.Agent.Facts;
using Fleet.Agent.Tailing;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using FactsMessage = Fleet.Protocol.V1.Facts;

namespace Fleet.Agent.Link;

/// <summary>
/// One link, from hello to its end:
/// 1. say what this agent is and which tasks it holds;
/// 2. wait for the welcome, which says what the controller has of them;
/// 3. talk: a reader, a writer and an upkeep side by side, until one of them ends;
/// 4. stop the others, within a limit.
/// </summary>
internal sealed partial class LinkSession(LinkConnection connection, LinkParts parts, ILogger log)
{
    private const uint ProtocolVersion = 1;
    private FactsMessage _facts = new();
    private ulong _heartbeats;
    private long _heartbeatAt;
    private long _roundTripUs;

    /// <summary>How long there was a link, from the welcome on; zero where there was no welcome.</summary>
    public TimeSpan Lasted { get; private set; }

    /// <summary>Told once, when the controller has welcomed this agent.</summary>
    public Action<Welcome>? Welcomed { get; init; }

    /// <summary>Runs the link; ends with it, or with the token.</summary>
    public async Task<LinkEnd> RunAsync(CancellationToken stop)
    {
        using var silence = new SilenceWatch(parts.Options.WelcomeLimit, parts.Time, stop);
        var welcomedAt = 0L;
        try
        {
            using var call = new AgentLink.AgentLinkClient(connection.Channel).Connect(cancellationToken: silence.Token);
            var held = parts.Desk.Held();
            await call.RequestStream.WriteAsync(Hello(held), silence.Token);
            if (!await call.ResponseStream.MoveNext(silence.Token))
                return new LinkEnd.Broken("the controller closed the link before its welcome");
            if (call.ResponseStream.Current is { MessageCase: ControllerMessage.MessageOneofCase.Goodbye } first)
                return Dismissal(first.Goodbye);
            if (call.ResponseStream.Current is not { MessageCase: ControllerMessage.MessageOneofCase.Welcome } answer)
                return new LinkEnd.Broken("the controller's first message is no welcome");

            welcomedAt = parts.Time.GetTimestamp();
            var end = await TalkAsync(call, answer.Welcome, held, silence);
            await call.RequestStream.CompleteAsync();
            return end;
        }
        catch (Exception e)
        {
            return EndOf(e, silence, stop);
        }
        finally
        {
            Lasted = welcomedAt == 0 ? TimeSpan.Zero : parts.Time.GetElapsedTime(welcomedAt);
        }
    }

    private AgentMessage Hello(IReadOnlyList<HeldTask> held)
    {
        _facts = CollectFacts();
        var hello = new Hello
        {
            ProtocolVersion = ProtocolVersion,
            AgentVersion = AgentVersion.Text,
            BootId = parts.Journal.BootId,
            JournalId = parts.Journal.Id,
            ProcessId = parts.ProcessId,
            Facts = _facts,
            ScanSetDigest = parts.Scans?.Digest ?? "",
        };
        hello.HeldTasks.Add(held);
        return new AgentMessage { Hello = hello };
    }

    private async Task<LinkEnd> TalkAsync(
        AsyncDuplexStreamingCall<AgentMessage, ControllerMessage> call, Welcome welcome, IReadOnlyList<HeldTask> held, SilenceWatch silence)
    {
        var limit = TimeSpan.FromMilliseconds(Math.Clamp(
            welcome.SilenceLimitMs, (long)parts.Options.LeastSilence.TotalMilliseconds, (long)parts.Options.MostSilence.TotalMilliseconds));
        silence.Limit = limit;
        LogWelcomed(welcome.SessionId, welcome.ControllerVersion, held.Count);
        Welcomed?.Invoke(welcome);

        var stored = Stored(welcome);
        parts.Desk.DropUnknown(held, stored.ContainsKey);
        var wakeUp = new WakeUp();
        using var feed = new RecordFeed(parts.Journal, stored, parts.Options, wakeUp) { Unreadable = (task, reason) => LogUnreadable(task, reason) };
        using var scans = parts.Scans is null ? null : new ScanFeed(parts.Scans, wakeUp, parts.Time);
        await using var tails = new TailFeed(parts.Journal.BootId, parts.Time, wakeUp.Set, log);
        using var writer = new LinkWriter(call.RequestStream, feed, wakeUp, Heartbeat, limit, parts.Options, parts.Time, scans, tails);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(silence.Token);
        Task[] loops =
        [
            ReadAsync(call.ResponseStream, feed, scans, tails, writer, silence, ending.Token),
            writer.RunAsync(ending.Token),
            UpkeepAsync(writer, ending.Token),
        ];
        var first = await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops).WaitAsync(parts.Options.TeardownLimit, parts.Time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first is Task<LinkEnd> reader)
            return await reader;
        await first;
        return new LinkEnd.Broken("the link's writer ended");
    }

    private async Task<LinkEnd> ReadAsync(
        IAsyncStreamReader<ControllerMessage> stream, RecordFeed feed, ScanFeed? scans, TailFeed tails, LinkWriter writer, SilenceWatch silence,
        CancellationToken cancellationToken)
    {
        while (await stream.MoveNext(cancellationToken))
        {
            silence.Restart();
            var message = stream.Current;
            switch (message.MessageCase)
            {
                case ControllerMessage.MessageOneofCase.Heartbeat:
                    Measure(message.Heartbeat);
                    break;
                case ControllerMessage.MessageOneofCase.Ack:
                    foreach (var ack in message.Ack.Acks)
                    {
                        if (TaskId.TryParse(ack.TaskId, out var id))
                            feed.Acknowledge(id, ack.Seq);
                    }

                    break;
                case ControllerMessage.MessageOneofCase.StartTask:
                    await AnswerAsync(parts.Desk.Receive(message.StartTask), writer, cancellationToken);
                    break;
                case ControllerMessage.MessageOneofCase.CancelTask:
                    await AnswerAsync(parts.Desk.Cancel(message.CancelTask), writer, cancellationToken);
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
                    return Dismissal(message.Goodbye);
                default:
                    LogUnknownMessage(message.MessageCase.ToString());
                    break;
            }
        }

        return new LinkEnd.Broken("the controller closed the link");
    }

    private static ValueTask AnswerAsync(TaskRecord? answer, LinkWriter writer, CancellationToken cancellationToken) => answer is null
        ? ValueTask.CompletedTask
        : writer.SendAsync(new AgentMessage { Records = new TaskRecords { Records = { answer } } }, cancellationToken);

    /// <summary>Looks now and then whether the host has changed or the certificate is to be renewed.</summary>
    private async Task UpkeepAsync(LinkWriter writer, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(parts.Options.UpkeepInterval, parts.Time);
        do
        {
            if (parts.Renewal is { } renewal && renewal.IsDue())
            {
                LogRenewing();
                await writer.SendAsync(
                    new AgentMessage { CertificateRequest = new CertificateRequest { Csr = ByteString.CopyFrom(renewal.Request()) } }, cancellationToken);
            }

            var facts = CollectFacts();
            if (!facts.Equals(_facts))
            {
                _facts = facts;
                await writer.SendAsync(new AgentMessage { Facts = facts }, cancellationToken);
            }
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

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

    private Heartbeat Heartbeat()
    {
        // Asked for where there was nothing else to say for a while: the time to tidy up, and no timer of its own.
        if (parts.Desk.ComesToRest())
            ResidentMemory.GiveBack();
        Volatile.Write(ref _heartbeatAt, parts.Time.GetTimestamp());
        return new Heartbeat
        {
            Number = Interlocked.Increment(ref _heartbeats),
            RoundTripUs = (ulong)Volatile.Read(ref _roundTripUs),
            RunningTasks = (uint)parts.Desk.Running,
            QueuedTasks = (uint)parts.Desk.Queued,
        };
    }

    // The controller says the last number that it heard, also where it speaks first: only the answer to the latest one tells the time.
    private void Measure(Heartbeat answer)
    {
        if (answer.Number != Interlocked.Read(ref _heartbeats) || Interlocked.Exchange(ref _heartbeatAt, 0) is not (not 0 and var sentAt))
            return;
        Volatile.Write(ref _roundTripUs, Math.Max(1, (long)parts.Time.GetElapsedTime(sentAt).TotalMicroseconds));
    }

    private FactsMessage CollectFacts() => new() { Values = { parts.Facts.Collect() } };

    private static Dictionary<TaskId, ulong> Stored(Welcome welcome)
    {
        var stored = new Dictionary<TaskId, ulong>();
        foreach (var ack in welcome.ResumeFrom)
        {
            if (TaskId.TryParse(ack.TaskId, out var id))
                stored[id] = ack.Seq;
        }

        return stored;
    }

    private static LinkEnd.Dismissed Dismissal(Goodbye goodbye) => new(
        goodbye.Cause switch
        {
            Goodbye.Types.Cause.ShuttingDown => DismissalCause.ShuttingDown,
            Goodbye.Types.Cause.Replaced => DismissalCause.Replaced,
            Goodbye.Types.Cause.Revoked => DismissalCause.Revoked,
            Goodbye.Types.Cause.Overloaded => DismissalCause.Overloaded,
            Goodbye.Types.Cause.Incompatible => DismissalCause.Incompatible,
            _ => DismissalCause.Other,
        },
        goodbye.Reason,
        TimeSpan.FromMilliseconds(Math.Clamp(goodbye.RetryAfterMs, 0, int.MaxValue)));

    private LinkEnd EndOf(Exception e, SilenceWatch silence, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            return new LinkEnd.Stopped();
        if (silence.HasPassed)
            return new LinkEnd.Silent(silence.Limit);
        if (connection.ServerRefusal() is { } refusal)
            return new LinkEnd.Unreachable($"the server is not trusted: {refusal}");
        return e switch
        {
            RpcException { StatusCode: StatusCode.Unauthenticated or StatusCode.PermissionDenied } rpc => new LinkEnd.Refused(rpc.Status.Detail),
            RpcException { StatusCode: StatusCode.Unavailable } rpc => new LinkEnd.Unreachable(rpc.Status.Detail) { IsNobodyThere = IsRefusal(rpc.Status.DebugException) },
            RpcException rpc => new LinkEnd.Broken($"{rpc.StatusCode}: {rpc.Status.Detail}"),
            _ => new LinkEnd.Broken(e.Message),
        };
    }

    private static bool IsRefusal(Exception? e)
    {
        while (e is not (null or SocketException))
            e = e.InnerException;
        return e is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
    }

    [LoggerMessage(5010, LogLevel.Information, "Linked (session {Session}, controller {Version}); {Held} tasks are held")]
    private partial void LogWelcomed(string session, string version, int held);

    [LoggerMessage(5011, LogLevel.Warning, "A message of kind {Kind} is not known here; it is left out")]
    private partial void LogUnknownMessage(string kind);

    [LoggerMessage(5012, LogLevel.Information, "The certificate is being renewed")]
    private partial void LogRenewing();

    [LoggerMessage(5014, LogLevel.Error, "The journal of task {TaskId} cannot be read, and nothing more of it is sent over this link: {Reason}")]
    private partial void LogUnreadable(TaskId taskId, string reason);

    [LoggerMessage(5013, LogLevel.Error, "The certificate could not be renewed, the present one stays: {Reason}")]
    private partial void LogRenewalFailed(string reason);
}
