using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Grpc.Tests.Calling;

public sealed class StreamTests
{
    private static readonly Payload Large = new() { Body = ByteString.CopyFrom(new byte[3 << 20]) };

    [Fact]
    public async Task A_stream_that_is_complete_takes_no_more_messages()
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c);
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).StreamingInputCall();
        await call.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        await Should.ThrowAsync<InvalidOperationException>(call.RequestStream.WriteAsync(new StreamingInputCallRequest()).WaitAsync(Limits.Step));
        (await call.ResponseAsync.WaitAsync(Limits.Step)).AggregatedPayloadSize.ShouldBe(0);
    }

    [Fact]
    public async Task Writing_to_a_call_that_the_server_refused_tells_the_servers_reason()
    {
        await using var server = await new ScriptedService
        {
            Duplex = (_, _, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "not you")),
        }.StartAsync();
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).FullDuplexCall();
        var failure = await Should.ThrowAsync<RpcException>(WriteForeverAsync(call.RequestStream).WaitAsync(Limits.Step));
        failure.Status.ShouldBe(new Status(StatusCode.PermissionDenied, "not you"));
        (await Should.ThrowAsync<RpcException>(call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)))
            .StatusCode.ShouldBe(StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task Writing_to_a_call_that_ended_well_fails_without_hanging()
    {
        await using var server = await new ScriptedService { Duplex = (_, _, _) => Task.CompletedTask }.StartAsync();
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).FullDuplexCall();
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeFalse();
        await Should.ThrowAsync<InvalidOperationException>(WriteForeverAsync(call.RequestStream).WaitAsync(Limits.Step));
    }

    [Fact]
    public async Task A_writer_that_never_reads_learns_that_the_server_has_ended_the_call()
    {
        await using var server = await new ScriptedService
        {
            Duplex = async (_, responses, _) =>
            {
                await responses.WriteAsync(new StreamingOutputCallResponse());
                throw new RpcException(new Status(StatusCode.Aborted, "enough"));
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).FullDuplexCall();
        await Should.ThrowAsync<RpcException>(WriteForeverAsync(call.RequestStream).WaitAsync(Limits.Step));
        var reason = await Should.ThrowAsync<RpcException>(call.ResponseStream.ReadAllAsync().CountAsync().AsTask().WaitAsync(Limits.Step));
        reason.Status.ShouldBe(new Status(StatusCode.Aborted, "enough"));
    }

    [Fact]
    public async Task Messages_are_sent_one_at_a_time_on_either_end()
    {
        var serverSecond = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await new ScriptedService
        {
            Duplex = async (_, responses, _) =>
            {
                // The client reads nothing yet: the first write waits for room.
                var first = responses.WriteAsync(new StreamingOutputCallResponse { Payload = Large });
                serverSecond.SetResult(await Record.ExceptionAsync(() => responses.WriteAsync(new StreamingOutputCallResponse())));
                await release.Task;
                await first;
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).FullDuplexCall();
        (await serverSecond.Task.WaitAsync(Limits.Step)).ShouldBeOfType<InvalidOperationException>();

        var pending = call.RequestStream.WriteAsync(new StreamingOutputCallRequest { Payload = Large });
        await Should.ThrowAsync<InvalidOperationException>(call.RequestStream.WriteAsync(new StreamingOutputCallRequest()).WaitAsync(Limits.Step));
        release.SetResult();
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeFalse();
        await Record.ExceptionAsync(() => pending.WaitAsync(Limits.Step));
        pending.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_half_closed_call_still_gets_its_responses()
    {
        await using var server = await new ScriptedService
        {
            Duplex = async (requests, responses, _) =>
            {
                await foreach (var _1 in requests.ReadAllAsync())
                {
                }

                await responses.WriteAsync(new StreamingOutputCallResponse());
                await responses.WriteAsync(new StreamingOutputCallResponse());
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).FullDuplexCall();
        await call.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        (await call.ResponseStream.ReadAllAsync().CountAsync().AsTask().WaitAsync(Limits.Step)).ShouldBe(2);
    }

    [Fact]
    public async Task Messages_with_a_buffer_hint_leave_with_the_next_one_without_it()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await new ScriptedService
        {
            Output = async (_, responses, _) =>
            {
                responses.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
                await responses.WriteAsync(new StreamingOutputCallResponse());
                await responses.WriteAsync(new StreamingOutputCallResponse());
                await release.Task;
                responses.WriteOptions = null;
                await responses.WriteAsync(new StreamingOutputCallResponse());
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).StreamingOutputCall(new StreamingOutputCallRequest());
        var all = call.ResponseStream.ReadAllAsync().CountAsync().AsTask();
        call.ResponseHeadersAsync.IsCompleted.ShouldBeFalse();
        release.SetResult();
        (await all.WaitAsync(Limits.Step)).ShouldBe(3);
    }

    [Fact]
    public async Task Buffer_hints_do_not_buffer_without_a_bound()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await new ScriptedService
        {
            Output = async (_, responses, _) =>
            {
                responses.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
                for (var i = 0; i < 3; i++)
                    await responses.WriteAsync(new StreamingOutputCallResponse { Payload = new Payload { Body = ByteString.CopyFrom(new byte[40_000]) } });

                await release.Task;
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        using var call = new TestService.TestServiceClient(channel).StreamingOutputCall(new StreamingOutputCallRequest());
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();
        release.SetResult();
        (await call.ResponseStream.ReadAllAsync().CountAsync().AsTask().WaitAsync(Limits.Step)).ShouldBe(2);
    }

    [Fact]
    public async Task Headers_and_trailers_travel_both_ways_in_text_and_bytes()
    {
        await using var server = await new ScriptedService
        {
            Unary = async (_, context) =>
            {
                await context.WriteResponseHeadersAsync(new Metadata { { "head", context.RequestHeaders.GetValue("text")! } });
                context.ResponseTrailers.Add("tail-bin", context.RequestHeaders.GetValueBytes("bytes-bin")!);
                context.ResponseTrailers.Add("tail", context.Peer + "|" + context.Method + "|" + context.Host);
                return new SimpleResponse();
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        var headers = new Metadata { { "Text", "hello, you" }, { "bytes-bin", [0, 255, 10] }, { "user-agent", "mine" } };
        using var call = new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest(), headers);
        (await call.ResponseHeadersAsync.WaitAsync(Limits.Step)).GetValue("head").ShouldBe("hello, you");
        await call.ResponseAsync.WaitAsync(Limits.Step);
        call.GetTrailers().GetValueBytes("tail-bin").ShouldBe([0, 255, 10]);
        call.GetTrailers().GetValue("tail")!.ShouldMatch(
            $@"^ipv4:127\.0\.0\.1:\d+\|/grpc\.testing\.TestService/UnaryCall\|localhost:{server.Port}$");
    }

    [Fact]
    public async Task Text_that_a_header_cannot_carry_is_refused_by_name_on_either_end()
    {
        await using var server = await new ScriptedService
        {
            Unary = (_, context) =>
            {
                context.ResponseTrailers.Add("tail", "line\r\nbreak: injected");
                return Task.FromResult(new SimpleResponse());
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        var client = new TestService.TestServiceClient(channel);
        var sending = await Should.ThrowAsync<RpcException>(
            client.UnaryCallAsync(new SimpleRequest(), new Metadata { { "head", "a\r\nb: c" } }).ResponseAsync.WaitAsync(Limits.Step));
        sending.StatusCode.ShouldBe(StatusCode.Internal);
        sending.Status.Detail.ShouldContain("'head'");
        var receiving = await Should.ThrowAsync<RpcException>(client.UnaryCallAsync(new SimpleRequest()).ResponseAsync.WaitAsync(Limits.Step));
        receiving.StatusCode.ShouldBe(StatusCode.Internal);
        receiving.Status.Detail.ShouldContain("'tail'");
    }

    private static async Task WriteForeverAsync(IClientStreamWriter<StreamingOutputCallRequest> requests)
    {
        while (true)
            await requests.WriteAsync(new StreamingOutputCallRequest { Payload = Large });
    }
}
