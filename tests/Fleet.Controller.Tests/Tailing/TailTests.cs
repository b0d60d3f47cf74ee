using Fleet.Controller.Tailing;
using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Controller.Tests.Tailing;

/// <summary>Live logs between scripted agents and an operator.</summary>
public sealed class TailTests
{
    public static TheoryData<string, Action<TailRequest>> BadRequests => new()
    {
        { "order.sources has 0", request => request.Order = null },
        { "not an absolute path", request => request.Order.Sources[0].Files.Path = "x" },
        { "last_lines", request => request.Order.LastLines = 20_000 },
        { "each text", request => request.Order.Patterns.Add(new LogPattern()) },
        { "target.expression", request => request.Target = null },
    };

    [Fact]
    public async Task Hosts_are_asked_granted_what_is_read_and_stopped_at_the_end()
    {
        await using var controller = await TestController.StartAsync();
        var record = await controller.EnrollAsync("web1");
        await controller.EnrollAsync("web2");
        await using var agent = await ScriptedAgent.LinkAsync(controller, record);
        string id;
        using (var tail = Operator.Open(controller, "*"))
        {
            id = await agent.BeginAsync();
            await agent.SayAsync(Output(id));
            var hosts = (await tail.NextAsync()).Hosts;
            hosts.Following.ShouldBe(["web1"]);
            hosts.Ended.Single().Reason.ShouldBe("the agent is offline");

            await agent.SayAsync(Output(id, "one"));
            var lines = (await tail.NextAsync()).Lines;
            (lines.AgentName, lines.Lines.Lines.Lines[0].Text.ToStringUtf8()).ShouldBe(("web1", "one"));

            // Half a share is granted anew once it has been read.
            var large = new string('x', 60_000);
            for (var i = 0; i < 3; i++)
                await agent.SayAsync(Output(id, large));
            for (var i = 0; i < 3; i++)
                (await tail.NextAsync()).Lines.ShouldNotBeNull();
            (await agent.ExpectAsync(ControllerMessage.MessageOneofCase.TailCredit)).TailCredit.Bytes.ShouldBeInRange(131_072UL, 190_000UL);
        }

        (await agent.ExpectAsync(ControllerMessage.MessageOneofCase.StopTail)).StopTail.TailId.ShouldBe(id);
        await Eventually.Async(() => controller.Services.GetRequiredService<TailRegistry>().Count == 0);
        await agent.SayAsync(Output(id, "too late"));
    }

    [Fact]
    public async Task A_host_that_is_back_is_asked_anew_for_what_is_written_from_then_on()
    {
        await using var controller = await TestController.StartAsync();
        var record = await controller.EnrollAsync("web1");
        using var tail = Operator.Open(controller, "web1");
        (await tail.NextAsync()).Hosts.Ended.Single().Reason.ShouldBe("the agent is offline");
        await using (var agent = await ScriptedAgent.LinkAsync(controller, record))
        {
            var start = (await agent.ExpectAsync(ControllerMessage.MessageOneofCase.StartTail)).StartTail;
            start.Order.LastLines.ShouldBe(5U);
            await agent.SayAsync(Output(start.TailId, "one"));
            await tail.UntilAsync(reply => reply.Lines is not null);
        }

        (await tail.UntilAsync(reply => reply.Hosts is { Ended.Count: > 0 })).Hosts.Ended[0].Reason.ShouldBe("it went offline");
        await using var again = await ScriptedAgent.LinkAsync(controller, record);
        var second = (await again.ExpectAsync(ControllerMessage.MessageOneofCase.StartTail)).StartTail;
        second.Order.LastLines.ShouldBe(0U);
        await again.SayAsync(Output(second.TailId));
        (await tail.UntilAsync(reply => reply.Hosts is { Following.Count: > 0 })).Hosts.Ended.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_over_when_every_host_has_ended_it_and_one_that_sends_too_much_is_ended()
    {
        await using var controller = await TestController.StartAsync();
        await using var missing = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await using var greedy = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web2"));
        using var tail = Operator.Open(controller, "*");
        var id = await missing.BeginAsync();
        await greedy.BeginAsync();
        await missing.SayAsync(new AgentMessage { TailOutput = new TailOutput { TailId = id, Ended = "/x: no such file" } });
        await greedy.SayAsync(Output(id, new string('x', 400_000)));
        var last = await tail.ToEndAsync();
        last.Ended.Select(host => (host.AgentName, host.Reason)).ShouldBe([("web1", "/x: no such file"), ("web2", "it sent more than it was allowed to")]);
        (await greedy.ExpectAsync(ControllerMessage.MessageOneofCase.StopTail)).StopTail.TailId.ShouldBe(id);
    }

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task What_is_wrong_is_refused(string expected, Action<TailRequest> spoil)
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");
        using var tail = Operator.Open(controller, "web1", spoil);
        var refusal = await Should.ThrowAsync<RpcException>(tail.NextAsync);
        (refusal.StatusCode, refusal.Status.Detail).ShouldSatisfyAllConditions(
            it => it.StatusCode.ShouldBe(StatusCode.InvalidArgument), it => it.Detail.ShouldContain(expected));
    }

    [Fact]
    public async Task An_operator_has_no_more_tails_than_the_bound()
    {
        await using var controller = await TestController.StartAsync();
        await controller.EnrollAsync("web1");
        var tails = Enumerable.Range(0, 8).Select(_ => Operator.Open(controller, "web1")).ToList();
        foreach (var tail in tails)
            await tail.NextAsync();
        using var ninth = Operator.Open(controller, "web1");
        (await Should.ThrowAsync<RpcException>(ninth.NextAsync)).StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        using var other = Operator.Open(controller, "web1", name: "bob");
        (await other.NextAsync()).Hosts.ShouldNotBeNull();
        tails.ForEach(tail => tail.Dispose());
    }

    [Fact]
    public void Credit_is_a_share_spent_by_what_is_sent_and_restored_by_what_is_read()
    {
        var credits = new TailCredits(shareBytes: 100, overdraftBytes: 50);
        credits.Receive(90).ShouldBeTrue();
        credits.Receive(61).ShouldBeFalse();
        credits.Receive(60).ShouldBeTrue();
        credits.Receive(1).ShouldBeFalse();
        credits.Read(49).ShouldBe(0UL);
        credits.Read(51).ShouldBe(100UL);
        credits.Receive(50).ShouldBeTrue();
        credits.Receive(1).ShouldBeFalse();
        (new TailOptions().ShareOf(1), new TailOptions().ShareOf(1000)).ShouldBe((256 * 1024, 8388));
    }

    private static AgentMessage Output(string id, params string[] texts)
    {
        var output = new TailOutput { TailId = id };
        foreach (var text in texts)
            output.Lines.Add(new TailLines { Lines = new LogLines { Source = "/a", Lines = { new LogLine { Text = ByteString.CopyFromUtf8(text) } } } });
        return new AgentMessage { TailOutput = output };
    }

    private sealed class Operator(GrpcChannel channel, AsyncServerStreamingCall<TailReply> call) : IDisposable
    {
        public static Operator Open(TestController controller, string target, Action<TailRequest>? change = null, string name = "ann")
        {
            var (channel, headers) = controller.AsOperator(name);
            var request = new TailRequest
            {
                Target = new TargetSelection { Expression = target },
                Order = new TailOrder { Sources = { new LogSource { Files = new FileLogSource { Path = "/a" } } }, LastLines = 5 },
            };
            change?.Invoke(request);
            return new Operator(channel, new Logs.LogsClient(channel).Tail(request, headers));
        }

        public async Task<TailReply> NextAsync()
        {
            (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience)).ShouldBeTrue("the tail ended");
            return call.ResponseStream.Current;
        }

        public async Task<TailReply> UntilAsync(Func<TailReply, bool> isWanted)
        {
            while (true)
            {
                if (await NextAsync() is var reply && isWanted(reply))
                    return reply;
            }
        }

        /// <summary>Reads to the end; the hosts as they were last.</summary>
        public async Task<TailHosts> ToEndAsync()
        {
            var hosts = new TailHosts();
            while (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience))
                hosts = call.ResponseStream.Current.Hosts ?? hosts;
            return hosts;
        }

        public void Dispose()
        {
            call.Dispose();
            channel.Dispose();
        }
    }
}

internal static class TailingAgents
{
    /// <summary>Takes the order to follow and the first credit; the tail's id.</summary>
    public static async Task<string> BeginAsync(this ScriptedAgent agent)
    {
        var start = (await agent.ExpectAsync(ControllerMessage.MessageOneofCase.StartTail)).StartTail;
        (await agent.ExpectAsync(ControllerMessage.MessageOneofCase.TailCredit)).TailCredit.Bytes.ShouldBe(256UL * 1024);
        return start.TailId;
    }
}
