using System.Net.Sockets;
using Fleet.Agent.Facts;
using Fleet.Agent.Tailing;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
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
    private readonly RoundTrip _roundTrip = new(parts.Time);
    private FactsMessage _facts = new();
    private int _toldConditions;

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
            await SendAsync(call.RequestStream, Hello(held), silence.Token);
            if (!await call.ResponseStream.MoveNext(silence.Token))
                return new LinkEnd.Broken("the controller closed the connection before its welcome");
            if (call.ResponseStream.Current is { MessageCase: ControllerMessage.MessageOneofCase.Goodbye } first)
                return LinkEnd.Dismissed.Of(first.Goodbye);
            if (call.ResponseStream.Current is not { MessageCase: ControllerMessage.MessageOneofCase.Welcome } answer)
                return new LinkEnd.Broken("the controller's first message is not a welcome");

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

    // Where the stream is gone already, the write does not know why. The response does, which is read next.
    private static async Task SendAsync(IClientStreamWriter<AgentMessage> requests, AgentMessage hello, CancellationToken cancellationToken)
    {
        try
        {
            await requests.WriteAsync(hello, cancellationToken);
        }
        catch (Exception e) when (IsOfStream(e) && !cancellationToken.IsCancellationRequested)
        {
        }
    }

    private static bool IsOfStream(Exception? e) => e is RpcException or InvalidOperationException or HttpRequestException or IOException;

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
            Machine = parts.Machine,
        };
        hello.HeldTasks.Add(held);
        return new AgentMessage { Hello = hello };
    }

    private async Task<LinkEnd> TalkAsync(
        AsyncDuplexStreamingCall<AgentMessage, ControllerMessage> call, Welcome welcome, IReadOnlyList<HeldTask> held, SilenceWatch silence)
    {
        var limit = TimeSpan.FromMilliseconds(Math.Clamp(
            welcome.HeartbeatTimeoutMs, (long)parts.Options.LeastSilence.TotalMilliseconds, (long)parts.Options.MostSilence.TotalMilliseconds));
        silence.Limit = limit;
        LogWelcomed(welcome.SessionId, welcome.ControllerVersion, held.Count);
        Welcomed?.Invoke(welcome);

        var stored = Stored(welcome);
        parts.Desk.DropUnknown(held, stored.ContainsKey);
        var wakeUp = new WakeUp();
        using var conditions = new ConditionSignal(parts.Conditions, wakeUp);
        using var feed = new RecordFeed(parts.Journal, stored, parts.Options, wakeUp) { Unreadable = (task, reason) => LogUnreadable(task, reason) };
        using var scans = parts.Scans is null ? null : new ScanFeed(parts.Scans, wakeUp, parts.Time);
        await using var tails = new TailFeed(parts.Journal.BootId, parts.Time, wakeUp.Set, log);
        using var writer = new LinkWriter(call.RequestStream, feed, wakeUp, Heartbeat, limit, parts.Options, parts.Time, scans, tails, HasNewConditions);
        var reader = new LinkReader(parts, feed, scans, tails, writer, _roundTrip, log);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(silence.Token);
        var reading = reader.RunAsync(call.ResponseStream, silence, ending.Token);
        Task[] loops =
        [
            reading,
            writer.RunAsync(ending.Token),
            UpkeepAsync(writer, ending.Token),
        ];
        var first = await Task.WhenAny(loops);
        // A write that failed does not know why: the reader is about to hear it.
        if (first != reading && IsOfStream(first.Exception?.InnerException))
            await Task.WhenAny(reading, Task.Delay(parts.Options.TeardownLimit, parts.Time, ending.Token));
        var said = reading.IsCompleted;
        await ending.CancelAsync();
        await Task.WhenAll(loops).WaitAsync(parts.Options.TeardownLimit, parts.Time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A goodbye says more than the write that failed beside it, whichever was first.
        if (said || reading.IsCompletedSuccessfully)
            return await reading;
        await first;
        return new LinkEnd.Broken("the connection's writer ended");
    }

    /// <summary>Looks now and then whether the host has changed or the certificate is to be renewed.</summary>
    private async Task UpkeepAsync(LinkWriter writer, CancellationToken cancellationToken)
    {
        while (true)
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

            // A certificate of ten minutes is due before the next look at the host would be.
            var next = parts.Renewal?.NextLook(parts.Options.UpkeepInterval) ?? parts.Options.UpkeepInterval;
            await Task.Delay(next, parts.Time, cancellationToken);
        }
    }

    private Heartbeat Heartbeat()
    {
        // Asked for where there was nothing else to say for a while: the time to tidy up, and no timer of its own.
        if (parts.Desk.ComesToRest() || parts.Scans?.ComesToRest() == true)
            ResidentMemory.GiveBack();
        var heartbeat = new Heartbeat
        {
            Number = _roundTrip.Begin(),
            RoundTripUs = _roundTrip.Microseconds,
            RunningTasks = (uint)parts.Desk.Running,
            QueuedTasks = (uint)parts.Desk.Queued,
        };
        if (parts.Conditions?.Look() is var (conditions, version))
        {
            _toldConditions = version;
            heartbeat.Conditions.Add(conditions);
        }

        return heartbeat;
    }

    private bool HasNewConditions() => parts.Conditions is { } conditions && conditions.Version != _toldConditions;

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
            RpcException { StatusCode: StatusCode.Unauthenticated or StatusCode.PermissionDenied } rpc => new LinkEnd.Refused(rpc.Reason())
            {
                MayPass = rpc.Trailers.GetValue(IdentityRefusal.Trailer) is IdentityRefusal.Unknown or IdentityRefusal.NotYetValid,
            },
            RpcException rpc when rpc.Code() == StatusCode.Unavailable => new LinkEnd.Unreachable(rpc.Reason()) { IsNobodyThere = IsRefusal(rpc.Status.DebugException) },
            RpcException rpc => new LinkEnd.Broken($"{rpc.Code()}: {rpc.Reason()}"),
            _ => new LinkEnd.Broken(e.Message),
        };
    }

    private static bool IsRefusal(Exception? e)
    {
        while (e is not (null or SocketException))
            e = e.InnerException;
        return e is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
    }

    [LoggerMessage(5010, LogLevel.Information, "Connected (session {Session}, controller {Version}); {Held} tasks are held")]
    private partial void LogWelcomed(string session, string version, int held);

    [LoggerMessage(5012, LogLevel.Information, "Renewing the certificate")]
    private partial void LogRenewing();

    [LoggerMessage(5014, LogLevel.Error, "The journal of task {TaskId} cannot be read; no more of it is sent over this connection: {Reason}")]
    private partial void LogUnreadable(TaskId taskId, string reason);
}
