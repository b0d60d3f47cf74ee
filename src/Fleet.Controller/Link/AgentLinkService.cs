using Fleet.Controller.Dispatch;
using Fleet.Controller.Identity;
using Fleet.Controller.Registry;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Grpc.Core;
using Microsoft.AspNetCore.Connections.Features;

namespace Fleet.Controller.Link;

/// <summary>Where agents connect.</summary>
internal sealed partial class AgentLinkService(
    AgentRegistry registry, LinkGreeting greeting, AgentMessageHandler handler, IdentityRevocation revocation, IFleetStore store, SessionServices room)
    : AgentLink.AgentLinkBase
{
    /// <summary>One agent's stream, from hello to goodbye.</summary>
    public override async Task Connect(
        IAsyncStreamReader<AgentMessage> requestStream, IServerStreamWriter<ControllerMessage> responseStream, ServerCallContext context)
    {
        if (context.GetCaller() is not CallerIdentity.Agent caller)
            throw new RpcException(new Status(StatusCode.PermissionDenied, "only agents may connect here"));
        var agent = registry.Find(caller.Id)
            ?? throw new RpcException(new Status(StatusCode.PermissionDenied, $"{caller} is not enrolled (any more)"));

        var http = context.GetHttpContext();
        using var session = new AgentSession(agent, room, context.Peer, () => Tear(http), context.CancellationToken)
        {
            CertificateSerial = context.GetCertificateSerial(),
        };
        await using (caller.Revoked.UnsafeRegister(static it => ((AgentSession)it!).Cut(Revoked()), session))
            await RunAsync(session, requestStream, responseStream);
        if (session.Ended?.Status is { } status)
            throw new RpcException(status);
    }

    /// <summary>Takes the calling agent out of the fleet, because it is being removed from its host.</summary>
    public override async Task<LeaveReply> Leave(LeaveRequest request, ServerCallContext context)
    {
        if (context.GetCaller() is not CallerIdentity.Agent caller)
            throw new RpcException(new Status(StatusCode.PermissionDenied, "only agents leave"));
        var removed = await revocation.RemoveAgentAsync(caller.Id, "the agent was removed from its host", context.CancellationToken);
        return removed is not null
            ? new LeaveReply { Name = removed.Name }
            : throw new RpcException(new Status(StatusCode.NotFound, $"{caller} is not enrolled (any more)"));
    }

    private async Task RunAsync(
        AgentSession session, IAsyncStreamReader<AgentMessage> requests, IServerStreamWriter<ControllerMessage> responses)
    {
        Task? writing = null;
        try
        {
            if (await greeting.ExchangeAsync(session, requests, responses) is { } hello)
            {
                writing = session.WriteAsync(responses);
                await handler.ArriveAsync(session, hello);
                await handler.ReadAsync(session, requests);
            }
        }
        catch (Exception e)
        {
            session.End(Judge(e, session));
        }
        finally
        {
            // Ordered: nobody posts any more, the last words go out, and only then may the next link of this agent be missed.
            session.End(LinkEnd.Closed);
            await greeting.LeaveAsync(session);
            await FarewellAsync(session, writing ?? session.WriteAsync(responses), requests);
            await RecordLeavingAsync(session);
        }

        if (session.Ended is { Status: { } fault }
            && room.Lines.AdmitsOfAgent(session.Agent.Name, "violated the protocol", $"{fault.StatusCode}, {fault.Detail}"))
            LogFault(room.Log, session.Agent.Name, session.Id, session.Peer, fault.StatusCode, fault.Detail);
    }

    // The one place where what went wrong in a session becomes its end.
    private LinkEnd Judge(Exception error, AgentSession session)
    {
        switch (error)
        {
            case RpcException malformed:
                return LinkEnd.Fault(malformed.StatusCode, malformed.Status.Detail);
            case OperationCanceledException or IOException:
            case InvalidOperationException when session.Reading.IsCancellationRequested:
                return LinkEnd.Closed;
            case DispatchStoppedException:
                return LinkEnd.OnPurpose("controller is shutting down", new Goodbye
                {
                    Cause = Goodbye.Types.Cause.ShuttingDown, Reason = error.Message,
                });
            case StoreException:
                LogFailed(room.Log, session.Agent.Name, session.Id, error);
                return LinkEnd.OnPurpose("the store failed", new Goodbye
                {
                    Cause = Goodbye.Types.Cause.Overloaded, Reason = "the controller's store failed", RetryAfterMs = 5_000,
                });
            default:
                if (room.Lines.AdmitsOfAgent(session.Agent.Name, "its session failed", error.Message))
                    LogFailed(room.Log, session.Agent.Name, session.Id, error);
                return LinkEnd.Fault(StatusCode.Internal, "the controller failed; its log says how");
        }
    }

    private async Task FarewellAsync(AgentSession session, Task writing, IAsyncStreamReader<AgentMessage> requests)
    {
        using var drain = new CancellationTokenSource(room.Options.Value.GoodbyeDrain, room.Time);
        if (await Task.WhenAny(writing, Task.Delay(Timeout.InfiniteTimeSpan, drain.Token)) != writing)
            session.Abort();
        await writing;
        if (session.Ended is { Farewell: LinkFarewell.Orderly, Goodbye: not null })
            await AwaitAgentsEndAsync(requests, drain.Token);
    }

    // An agent ends its side when it has read the goodbye. Were the stream ended before, a connection that closes right behind it
    // (a controller that stops) would take from a slow agent what it had not read yet.
    private static async Task AwaitAgentsEndAsync(IAsyncStreamReader<AgentMessage> requests, CancellationToken drained)
    {
        try
        {
            while (await requests.MoveNext(drained))
            {
                // Nothing that it still sends is kept: it holds all of it until it is acknowledged, and says it again.
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException or RpcException)
        {
            // It is gone, or takes too long.
        }
    }

    private async Task RecordLeavingAsync(AgentSession session)
    {
        // A stop of the controller is written once, by its next start, and not ten thousand times by this one.
        if (session.Ended?.Goodbye?.Cause == Goodbye.Types.Cause.ShuttingDown || session.Agent.Link is not null)
            return;
        try
        {
            await store.Agents.RecordDisconnectedAsync(session.Agent.Id, room.Time.GetUtcNow(), CancellationToken.None);
        }
        catch (StoreException e)
        {
            LogFailed(room.Log, session.Agent.Name, session.Id, e);
        }
    }

    private static Goodbye Revoked() => new()
    {
        Cause = Goodbye.Types.Cause.Revoked,
        Reason = "the agent was removed or its certificate revoked; enroll it again to use it",
    };

    // One stream a connection: what is wrong with one is wrong with the other.
    private static void Tear(HttpContext http)
    {
        http.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        http.Abort();
    }

    [LoggerMessage(3550, LogLevel.Warning, "{Agent} violated the protocol; session {Session} from {Peer} ended: {Status}, {Detail}")]
    private static partial void LogFault(ILogger log, string agent, string session, string peer, StatusCode status, string detail);

    [LoggerMessage(3551, LogLevel.Error, "{Agent}: session {Session} failed")]
    private static partial void LogFailed(ILogger log, string agent, string session, Exception error);
}
