using System.Threading.Channels;
using Fleet.Agent.Link;
using Fleet.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tests.Link;

/// <summary>A controller that does what its test says, on a loopback port: each link that an agent makes comes out of <see cref="NextLinkAsync"/>.</summary>
internal sealed class ScriptedController : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<ScriptedLink> _links = Channel.CreateUnbounded<ScriptedLink>();
    private readonly WebApplication _app;
    private int _leavers;

    private ScriptedController(Action<ListenOptions> listen, Func<EnrollAgentRequest, EnrollAgentReply>? enroll, Func<Trust>? trust, Fetch? fetch)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenLocalhostOnAnyPort(listen));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_links.Writer).AddSingleton(this);
        builder.Services.AddSingleton(new ScriptedEnrollment(enroll, trust));
        builder.Services.AddSingleton(new ScriptedArtifacts(fetch));
        _app = builder.Build();
        _app.MapGrpcService<LinkService>();
        _app.MapGrpcService<ScriptedEnrollment>();
        _app.MapGrpcService<ScriptedArtifacts>();
    }

    /// <summary>Agents that said that they leave.</summary>
    public int Leavers => Volatile.Read(ref _leavers);

    public Uri Address => new(_app.Urls.First());

    public static async Task<ScriptedController> StartAsync(
        Action<ListenOptions>? listen = null, Func<EnrollAgentRequest, EnrollAgentReply>? enroll = null, Func<Trust>? trust = null, Fetch? fetch = null)
    {
        var controller = new ScriptedController(listen ?? (o => o.Protocols = HttpProtocols.Http2), enroll, trust, fetch);
        await controller._app.StartAsync().WaitAsync(Patience);
        return controller;
    }

    public async Task<ScriptedLink> NextLinkAsync() => await _links.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private sealed class LinkService(ChannelWriter<ScriptedLink> links, ScriptedController controller) : AgentLink.AgentLinkBase
    {
        public override async Task Connect(
            IAsyncStreamReader<AgentMessage> requestStream, IServerStreamWriter<ControllerMessage> responseStream, ServerCallContext context)
        {
            var link = new ScriptedLink(responseStream);
            await links.WriteAsync(link);
            await link.ReadAsync(requestStream, context.CancellationToken);
        }

        public override Task<LeaveReply> Leave(LeaveRequest request, ServerCallContext context)
        {
            Interlocked.Increment(ref controller._leavers);
            return Task.FromResult(new LeaveReply { Name = "web1" });
        }
    }

    /// <summary>Answers a fetch.</summary>
    public delegate Task Fetch(FetchArtifactRequest request, IServerStreamWriter<ArtifactChunk> chunks);

    private sealed class ScriptedArtifacts(Fetch? fetch) : Artifacts.ArtifactsBase
    {
        public override Task FetchArtifact(FetchArtifactRequest request, IServerStreamWriter<ArtifactChunk> responseStream, ServerCallContext context) =>
            fetch?.Invoke(request, responseStream) ?? throw new RpcException(new Status(StatusCode.Unimplemented, ""));
    }

    private sealed class ScriptedEnrollment(Func<EnrollAgentRequest, EnrollAgentReply>? enroll, Func<Trust>? trust) : Enrollment.EnrollmentBase
    {
        public override Task<Trust> GetTrust(GetTrustRequest request, ServerCallContext context) =>
            Task.FromResult(trust?.Invoke() ?? throw new RpcException(new Status(StatusCode.Unimplemented, "")));

        public override Task<EnrollAgentReply> EnrollAgent(EnrollAgentRequest request, ServerCallContext context) =>
            Task.FromResult(enroll?.Invoke(request) ?? throw new RpcException(new Status(StatusCode.Unimplemented, "")));
    }
}

internal static class ListenExtensions
{
    public static void ListenLocalhostOnAnyPort(this KestrelServerOptions kestrel, Action<ListenOptions> configure) =>
        kestrel.Listen(System.Net.IPAddress.Loopback, 0, configure);
}

/// <summary>One agent's link, seen from the controller.</summary>
internal sealed class ScriptedLink(IServerStreamWriter<ControllerMessage> stream)
{
    private readonly Channel<AgentMessage> _received = Channel.CreateUnbounded<AgentMessage>();
    private readonly TaskCompletionSource<RpcException> _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends the call from this side, as a broken connection would.</summary>
    public void Cut() => Refuse(new RpcException(new Status(StatusCode.Unavailable, "cut by the test")));

    /// <summary>Ends the call with a status.</summary>
    public void Refuse(RpcException refusal) => _cut.TrySetResult(refusal);

    public Task SendAsync(ControllerMessage message) => stream.WriteAsync(message).WaitAsync(ScriptedController.Patience);

    public Task StartAsync(StartTask start) => SendAsync(new ControllerMessage { StartTask = start });

    public Task AckAsync(string taskId, ulong seq) =>
        SendAsync(new ControllerMessage { Ack = new RecordsAck { Acks = { new TaskAck { TaskId = taskId, Seq = seq } } } });

    public async Task<AgentMessage> NextAsync() => await _received.Reader.ReadAsync().AsTask().WaitAsync(ScriptedController.Patience);

    /// <summary>Receives the hello and welcomes the agent.</summary>
    public async Task<Hello> WelcomeAsync(TimeSpan? silence = null, params TaskAck[] resumeFrom)
    {
        var hello = (await NextAsync()).Hello.ShouldNotBeNull();
        await SendAsync(new ControllerMessage
        {
            Welcome = new Welcome
            {
                ProtocolVersion = 1,
                ControllerVersion = "test",
                SessionId = "s",
                HeartbeatTimeoutMs = (long)(silence ?? TimeSpan.FromMinutes(5)).TotalMilliseconds,
                ResumeFrom = { resumeFrom },
            },
        });
        return hello;
    }

    /// <summary>Receives records until a task's end; heartbeats and facts are passed over.</summary>
    public async Task<List<TaskRecord>> RecordsToEndAsync(string taskId)
    {
        var records = new List<TaskRecord>();
        while (true)
        {
            var message = await NextAsync();
            foreach (var record in message.Records?.Records ?? [])
            {
                if (record.TaskId != taskId)
                    continue;
                records.Add(record);
                if (record.EntryCase == TaskRecord.EntryOneofCase.Ended)
                    return records;
            }
        }
    }

    /// <summary>Receives records until one satisfies the test.</summary>
    public async Task<TaskRecord> RecordAsync(Func<TaskRecord, bool> isWanted)
    {
        while (true)
        {
            var message = await NextAsync();
            if (message.Records?.Records.FirstOrDefault(isWanted) is { } record)
                return record;
        }
    }

    public async Task ReadAsync(IAsyncStreamReader<AgentMessage> requests, CancellationToken aborted)
    {
        var reading = PumpAsync(requests, aborted);
        if (await Task.WhenAny(reading, _cut.Task) == _cut.Task)
            throw await _cut.Task;
        await reading;
    }

    private async Task PumpAsync(IAsyncStreamReader<AgentMessage> requests, CancellationToken aborted)
    {
        try
        {
            while (await requests.MoveNext(aborted))
                await _received.Writer.WriteAsync(requests.Current, aborted);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or RpcException or ObjectDisposedException)
        {
            // The agent, or the test, ended the link.
        }
        finally
        {
            _received.Writer.TryComplete();
        }
    }
}

/// <summary>Dials a scripted controller without TLS.</summary>
internal sealed class PlainDialer(Uri address) : ILinkDialer
{
    public int Accepted { get; private set; }

    public LinkConnection Dial() =>
        new(GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler(), DisposeHttpClient = true }), () => null);

    public void NoteAccepted() => Accepted++;

    public void NoteRefused()
    {
    }
}
