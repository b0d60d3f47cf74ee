using Fleet.Controller.Registry;
using Fleet.Controller.Tailing;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Tailing;

/// <summary>One tail without a wire.</summary>
public sealed class TailSessionTests
{
    private readonly FakeLink _busyLink = new();
    private readonly AgentEntry _busy;
    private readonly AgentEntry _other = Agent("a-2", "web2", link: null);
    private readonly TailSession _session;

    public TailSessionTests()
    {
        _busy = Agent("a-1", "web1", _busyLink);
        _session = new TailSession("t-1", new TailOrder(), [_busy, _other], new TailOptions { LookInterval = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, NullLogger.Instance);
    }

    [Fact]
    public async Task Who_comes_back_is_asked_also_while_another_never_ceases_to_send()
    {
        using var stop = new CancellationTokenSource();
        var link = new FakeLink();
        // With each message that goes out the next one is there already.
        var running = _session.RunAsync(new Writer(reply =>
        {
            _session.Take(_busy.Id, _busyLink, Output("x"));
            if (reply.Lines is not null && _other.Link is null)
                _other.Presence = new AgentPresence.Linked(link);
            return Task.CompletedTask;
        }), stop.Token);

        await Eventually.Async(() => link.Posted.Count > 0);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running.WaitAsync(TestController.Patience));
        link.Posted[0].StartTail.TailId.ShouldBe("t-1");
    }

    [Fact]
    public async Task A_host_that_comes_and_goes_gets_no_new_share_before_what_waits_of_it_was_read()
    {
        using var stop = new CancellationTokenSource();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var again = new FakeLink();
        var postedAtWrites = new List<int>();
        var running = _session.RunAsync(new Writer(reply =>
        {
            if (reply.Lines is null)
            {
                for (var i = 0; i < 3 && postedAtWrites.Count == 0; i++)
                    _session.Take(_busy.Id, _busyLink, Output("x"));
                return Task.CompletedTask;
            }

            postedAtWrites.Add(again.Posted.Count);
            blocked.TrySetResult();
            return reading.Task;
        }), stop.Token);
        await blocked.Task.WaitAsync(TestController.Patience);

        // It is back while the operator is slow: after each message it is looked whom to ask.
        _busy.Presence = new AgentPresence.Linked(again);
        reading.SetResult();
        await Eventually.Async(() => again.Posted.Count > 0);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running.WaitAsync(TestController.Patience));
        postedAtWrites.ShouldBe([0, 0, 0]);
        again.Posted[0].StartTail.TailId.ShouldBe("t-1");
    }

    private static AgentEntry Agent(string id, string name, IAgentLink? link) => new(
        Some.Agent(id, TimeProvider.System.GetUtcNow(), name), link is null ? new AgentPresence.Away(null, "for the test") : new AgentPresence.Linked(link));

    private static TailOutput Output(string text) => new()
    {
        TailId = "t-1", Lines = { new TailLines { Lines = new LogLines { Source = "/a", Lines = { new LogLine { Text = ByteString.CopyFromUtf8(text) } } } } },
    };

    private sealed class Writer(Func<TailReply, Task> write) : IServerStreamWriter<TailReply>
    {
        public WriteOptions? WriteOptions { get; set; }

        public async Task WriteAsync(TailReply message)
        {
            await write(message);
            // As on a wire, others get their turn.
            await Task.Yield();
        }

        public Task WriteAsync(TailReply message, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return WriteAsync(message);
        }
    }
}
