using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Fleet.Tests;
using Grpc.Core;
using Grpc.Wire;

namespace Fleet.Grpc.Tests.Calling;

public sealed class DeadlineTests
{
    [Fact]
    public async Task The_server_ends_a_call_at_its_deadline_though_the_handler_works_on()
    {
        var time = new ManualTime();
        var started = new TaskCompletionSource<ServerCallContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lateWrite = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await new ScriptedService
        {
            Output = async (_, responses, context) =>
            {
                started.SetResult(context);
                await release.Task;
                lateWrite.SetResult(await Record.ExceptionAsync(() => responses.WriteAsync(new StreamingOutputCallResponse())));
            },
        }.StartAsync(time: time);

        var call = RawCall.PostAsync(
            server, "grpc.testing.TestService/StreamingOutputCall", RawCall.Frame([]), headers: ("grpc-timeout", "5S"));
        var context = await started.Task.WaitAsync(Limits.Step);
        context.Deadline.ShouldBe(time.GetUtcNow().UtcDateTime.AddSeconds(5));
        time.Advance(TimeSpan.FromSeconds(4));
        context.CancellationToken.IsCancellationRequested.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        (await call.WaitAsync(Limits.Step)).GrpcStatus.ShouldBe((int)StatusCode.DeadlineExceeded);
        context.CancellationToken.IsCancellationRequested.ShouldBeTrue();
        release.SetResult();
        (await lateWrite.Task.WaitAsync(Limits.Step)).ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public async Task A_read_that_waits_ends_at_the_deadline()
    {
        var time = new ManualTime();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await new ScriptedService
        {
            Duplex = async (requests, _, _) =>
            {
                var next = requests.MoveNext(CancellationToken.None);
                started.SetResult();
                ended.SetResult(await Record.ExceptionAsync(() => next));
            },
        }.StartAsync(time: time);
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel)
            .FullDuplexCall(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));

        await started.Task.WaitAsync(Limits.Step);
        time.Advance(TimeSpan.FromMinutes(2));

        (await ended.Task.WaitAsync(Limits.Step)).ShouldBeAssignableTo<OperationCanceledException>();
        (await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)))
            .StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
    }

    [Fact]
    public async Task The_client_keeps_its_deadline_though_the_server_does_not()
    {
        var time = new ManualTime();
        var started = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await new ScriptedService
        {
            Unary = async (_, context) =>
            {
                using var _1 = context.CancellationToken.Register(cancelled.SetResult);
                started.SetResult(context.GetHttpContext().Request.Headers["grpc-timeout"]);
                await cancelled.Task;
                return new SimpleResponse();
            },
        }.StartAsync();
        using var channel = server.CreateChannel(options => options.TimeProvider = time);
        var call = new TestService.TestServiceClient(channel)
            .UnaryCallAsync(new SimpleRequest(), deadline: time.GetUtcNow().UtcDateTime.AddHours(30));

        (await started.Task.WaitAsync(Limits.Step)).ShouldBe("108000S");
        time.Advance(TimeSpan.FromHours(30));

        (await Should.ThrowAsync<RpcException>(call.ResponseAsync.WaitAsync(Limits.Step))).StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        await cancelled.Task.WaitAsync(Limits.Step);
    }

    [Fact]
    public async Task A_deadline_in_the_past_sends_nothing()
    {
        using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress("http://localhost:1");
        var call = new TestService.TestServiceClient(channel).EmptyCallAsync(new Empty(), deadline: DateTime.UnixEpoch);
        (await Should.ThrowAsync<RpcException>(call.ResponseAsync.WaitAsync(Limits.Step))).StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
    }

    [Fact]
    public void Deadlines_beyond_a_timers_reach_come_all_the_same()
    {
        var time = new ManualTime();
        var passed = 0;
        using var timer = new DeadlineTimer(time, TimeSpan.FromDays(100), () => passed++);
        for (var day = 0; day < 100; day++)
        {
            passed.ShouldBe(0);
            time.Advance(TimeSpan.FromDays(1));
        }

        passed.ShouldBe(1);
    }
}
