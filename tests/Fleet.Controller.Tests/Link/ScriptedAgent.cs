using System.Security.Cryptography;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using TaskRecord = Fleet.Protocol.V1.TaskRecord;
using TaskState = Fleet.Protocol.V1.TaskState;

namespace Fleet.Controller.Tests.Link;

/// <summary>An agent that says what a test tells it to, over a connection of its own.</summary>
internal sealed class ScriptedAgent : IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<AgentMessage, ControllerMessage> _call;

    private ScriptedAgent(GrpcChannel channel, Metadata headers)
    {
        _channel = channel;
        _call = new AgentLink.AgentLinkClient(channel).Connect(headers);
    }

    public string BootId { get; init; } = "boot-1";

    public string ProcessId { get; init; } = Guid.NewGuid().ToString("N");

    public string Machine { get; init; } = "";

    /// <summary>What came with the welcome.</summary>
    public Welcome Welcome { get; private set; } = new();

    /// <summary>Opens a stream and says nothing yet.</summary>
    public static ScriptedAgent Open(TestController controller, AgentRecord agent, string bootId = "boot-1", string? processId = null, string machine = "")
    {
        var (channel, headers) = controller.AsAgent(agent);
        return new ScriptedAgent(channel, headers) { BootId = bootId, ProcessId = processId ?? Guid.NewGuid().ToString("N"), Machine = machine };
    }

    /// <summary>Opens a stream, says hello and is welcomed.</summary>
    public static async Task<ScriptedAgent> LinkAsync(
        TestController controller, AgentRecord agent, string bootId = "boot-1", string? processId = null, params HeldTask[] held)
    {
        var scripted = Open(controller, agent, bootId, processId);
        await scripted.SayAsync(scripted.Hello(held));
        scripted.Welcome = (await scripted.ExpectAsync(ControllerMessage.MessageOneofCase.Welcome)).Welcome;
        return scripted;
    }

    public AgentMessage Hello(params HeldTask[] held)
    {
        var hello = new Hello
        {
            ProtocolVersion = 1, AgentVersion = "0.1.0", BootId = BootId, JournalId = "journal-1", ProcessId = ProcessId, Facts = new Facts(),
            Machine = Machine,
        };
        hello.Facts.Values.Add("os", "linux");
        hello.HeldTasks.AddRange(held);
        return new AgentMessage { Hello = hello };
    }

    public Task SayAsync(AgentMessage message) => _call.RequestStream.WriteAsync(message).WaitAsync(TestController.Patience);

    public Task SendAsync(params TaskRecord[] records)
    {
        var message = new AgentMessage { Records = new TaskRecords() };
        message.Records.Records.AddRange(records);
        return SayAsync(message);
    }

    /// <summary>The next message that is not a heartbeat. Answers a goodbye as agents do: ends its side of the stream.</summary>
    public async Task<ControllerMessage> NextAsync()
    {
        while (true)
        {
            (await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience)).ShouldBeTrue("the stream ended");
            if (_call.ResponseStream.Current.MessageCase == ControllerMessage.MessageOneofCase.Goodbye)
                await _call.RequestStream.CompleteAsync().WaitAsync(TestController.Patience);
            if (_call.ResponseStream.Current.MessageCase != ControllerMessage.MessageOneofCase.Heartbeat)
                return _call.ResponseStream.Current;
        }
    }

    /// <summary>The next message, which must be of this kind.</summary>
    public async Task<ControllerMessage> ExpectAsync(ControllerMessage.MessageOneofCase kind)
    {
        var message = await NextAsync();
        message.MessageCase.ShouldBe(kind, message.ToString());
        return message;
    }

    /// <summary>Reads until an acknowledgement reaches the record.</summary>
    public async Task ExpectAckAsync(string taskId, ulong seq)
    {
        while (true)
        {
            var ack = (await NextAsync()).Ack;
            if (ack is not null && ack.Acks.Any(one => one.TaskId == taskId && one.Seq >= seq))
                return;
        }
    }

    /// <summary>Reads until the agent was told to end a task, and that nothing of it up to a record is wanted any more.</summary>
    public async Task ExpectAbandonedAsync(string taskId, ulong seq)
    {
        var (isCancelled, isAcknowledged) = (false, false);
        while (!isCancelled || !isAcknowledged)
        {
            var message = await NextAsync();
            isCancelled |= message.CancelTask is { Cause: CancelTask.Types.Cause.Abandoned } cancel && cancel.TaskId == taskId;
            isAcknowledged |= message.Ack?.Acks.Any(one => one.TaskId == taskId && one.Seq >= seq) == true;
        }
    }

    /// <summary>Reads to the end of the stream; returns its status.</summary>
    public async Task<Status> EndAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience))
            {
                // What was said before the end does not matter here.
            }

            return _call.GetStatus();
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }

    /// <summary>Takes the next task, starts it and ends it.</summary>
    public async Task<StartTask> RunNextAsync(TaskState state = TaskState.Succeeded)
    {
        var start = (await ExpectAsync(ControllerMessage.MessageOneofCase.StartTask)).StartTask;
        start.SpecSha256.ShouldBe(ByteString.CopyFrom(SHA256.HashData(start.Spec.Span)));
        await SendAsync(Started(start.TaskId), Ended(start.TaskId, 2, state));
        await ExpectAckAsync(start.TaskId, 2);
        return start;
    }

    public async ValueTask DisposeAsync()
    {
        _call.Dispose();
        _channel.Dispose();
        await Task.CompletedTask;
    }

    public static TaskRecord Started(string taskId, ulong seq = 1) =>
        new() { TaskId = taskId, Seq = seq, AtMs = 1_700_000_000_000, Started = new TaskStarted() };

    // Somewhere behind what the records before it said; what lies between counts as dropped.
    public static TaskRecord Output(string taskId, ulong seq, string text) => new()
    {
        TaskId = taskId, Seq = seq, AtMs = 1_700_000_000_000,
        Output = new OutputChunk { Stream = OutputStream.Stdout, Offset = seq * 100_000, Data = ByteString.CopyFromUtf8(text) },
    };

    public static TaskRecord Ended(string taskId, ulong seq, TaskState state = TaskState.Succeeded) => new()
    {
        TaskId = taskId, Seq = seq, AtMs = 1_700_000_001_000,
        Ended = new TaskEnded { State = state, ExitCode = state == TaskState.Succeeded ? 0 : 1 },
    };
}
