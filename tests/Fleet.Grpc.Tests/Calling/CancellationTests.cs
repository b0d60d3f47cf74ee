using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Grpc.Core;

namespace Fleet.Grpc.Tests.Calling;

public sealed class CancellationTests
{
    [Theory]
    [InlineData("the call's token")]
    [InlineData("a read's token")]
    [InlineData("disposal")]
    [InlineData("the channel's end")]
    public async Task The_handler_learns_that_the_client_gave_up_through(string means)
    {
        var ended = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await new ScriptedService
        {
            Duplex = async (requests, responses, context) =>
            {
                using var registration = context.CancellationToken.Register(cancelled.SetResult);
                await responses.WriteAsync(new StreamingOutputCallResponse());
                ended.SetResult(await Record.ExceptionAsync(() => requests.MoveNext(CancellationToken.None)));
                await cancelled.Task;
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        using var cancel = new CancellationTokenSource();
        using var call = new TestService.TestServiceClient(channel)
            .FullDuplexCall(cancellationToken: means == "the call's token" ? cancel.Token : default);
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();

        var read = call.ResponseStream.MoveNext(means == "a read's token" ? cancel.Token : default);
        if (means == "disposal")
            call.Dispose();
        else if (means == "the channel's end")
            await channel.ShutdownAsync();
        else
            await cancel.CancelAsync();

        (await Should.ThrowAsync<RpcException>(read.WaitAsync(Limits.Step))).StatusCode.ShouldBe(StatusCode.Cancelled);
        (await ended.Task.WaitAsync(Limits.Step)).ShouldBeAssignableTo<OperationCanceledException>();
        await cancelled.Task.WaitAsync(Limits.Step);
        call.GetStatus().StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    [Fact]
    public async Task Cancellation_can_be_asked_for_as_OperationCanceledException()
    {
        await using var server = await new ScriptedService
        {
            Unary = async (_, context) =>
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                return new SimpleResponse();
            },
        }.StartAsync();
        using var channel = server.CreateChannel(options => options.ThrowOperationCanceledOnCancellation = true);
        using var cancel = new CancellationTokenSource();
        var call = new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest(), cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call.ResponseAsync.WaitAsync(Limits.Step));
        call.GetStatus().StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    [Fact]
    public async Task A_client_that_has_gone_fails_the_handlers_writes()
    {
        var failed = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await new ScriptedService
        {
            Output = async (_, responses, _) => failed.SetResult(await Record.ExceptionAsync(async () =>
            {
                while (true)
                    await responses.WriteAsync(new StreamingOutputCallResponse { Payload = new Payload() });
            })),
        }.StartAsync();
        using var channel = server.CreateChannel();
        using (var call = new TestService.TestServiceClient(channel).StreamingOutputCall(new StreamingOutputCallRequest()))
            (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();

        (await failed.Task.WaitAsync(Limits.Step)).ShouldBeAssignableTo<OperationCanceledException>();
    }
}
