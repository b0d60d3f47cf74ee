using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fleet.Simulator;

/// <summary>An agent without a host: keeps its link, and says of every task that each of its steps succeeded.</summary>
internal sealed class SimulatedAgent : IAsyncDisposable
{
    private const int QueueLength = 256;
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<AgentMessage, ControllerMessage> _call;
    private readonly TimeProvider _time;

    // Full: the reader waits, as a real agent that cannot get its records out.
    private readonly Channel<AgentMessage> _outgoing = System.Threading.Channels.Channel.CreateBounded<AgentMessage>(QueueLength);
    // Reports under way, by number.
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> _reports = [];
    private ulong _beats;
    private long _tasks;

    public SimulatedAgent(Uri address, PinnedTrust trust, X509Certificate2 identity, TimeProvider time)
    {
        _time = time;
        _channel = GrpcChannel.ForAddress(
            address, new GrpcChannelOptions { HttpHandler = LinkHandler.Pinned(trust, identity), DisposeHttpClient = true });
        _call = new AgentLink.AgentLinkClient(_channel).Connect();
    }

    /// <summary>Tasks that it has taken.</summary>
    public long Tasks => Interlocked.Read(ref _tasks);

    /// <summary>Says hello and waits for the welcome.</summary>
    public async Task LinkAsync(CancellationToken cancellationToken)
    {
        var hello = new Hello
        {
            ProtocolVersion = 1,
            AgentVersion = "simulated",
            BootId = Guid.NewGuid().ToString("N"),
            JournalId = Guid.NewGuid().ToString("N"),
            ProcessId = Guid.NewGuid().ToString("N"),
            Facts = new Facts { Values = { ["os"] = "simulated", ["cpus"] = "2", ["arch"] = "x86_64" } },
        };
        await _call.RequestStream.WriteAsync(new AgentMessage { Hello = hello }, cancellationToken);
        if (!await _call.ResponseStream.MoveNext(cancellationToken) || _call.ResponseStream.Current.Welcome is null)
            throw new InvalidOperationException("the controller did not welcome a simulated agent");
    }

    /// <summary>Serves the link until it ends.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(ReadAsync(cancellationToken), WriteAsync(cancellationToken));

    /// <summary>Gives a sign of life.</summary>
    public void Beat() => _outgoing.Writer.TryWrite(new AgentMessage { Heartbeat = new Heartbeat { Number = ++_beats } });

    /// <summary>Sends a report and waits until it is acknowledged.</summary>
    public async Task ReportAsync(ScanReport report, CancellationToken cancellationToken)
    {
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reports[report.Number] = acknowledged;
        await _outgoing.Writer.WriteAsync(new AgentMessage { ScanReport = report }, cancellationToken);
        await acknowledged.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _call.Dispose();
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(cancellationToken))
            {
                if (_call.ResponseStream.Current.ScanReportAck is { } ack && _reports.TryRemove(ack.Number, out var report))
                    report.SetResult();
                if (_call.ResponseStream.Current.StartTask is not { } start)
                    continue;
                Interlocked.Increment(ref _tasks);
                await _outgoing.Writer.WriteAsync(new AgentMessage { Records = Records(start) }, cancellationToken);
            }
        }
        finally
        {
            _outgoing.Writer.TryComplete();
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
            await _call.RequestStream.WriteAsync(message, cancellationToken);
        await _call.RequestStream.CompleteAsync();
    }

    private TaskRecords Records(StartTask start)
    {
        var spec = TaskSpec.Parser.ParseFrom(start.Spec);
        var records = new TaskRecords();
        Add(records, start.TaskId, record => record.Started = new TaskStarted());
        for (var step = 0; step < spec.Steps.Count; step++)
        {
            var ended = new StepEnded { Step = (uint)step, Outcome = new StepOutcome { ExitCode = 0 }, Used = new ResourceUse() };
            Add(records, start.TaskId, record => record.StepEnded = ended);
        }

        Add(records, start.TaskId, record => record.Ended = new TaskEnded { State = TaskState.Succeeded, ExitCode = 0 });
        return records;
    }

    private void Add(TaskRecords records, string taskId, Action<TaskRecord> fill)
    {
        var record = new TaskRecord
        {
            TaskId = taskId, Seq = (ulong)records.Records.Count + 1, AtMs = _time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        fill(record);
        records.Records.Add(record);
    }
}
