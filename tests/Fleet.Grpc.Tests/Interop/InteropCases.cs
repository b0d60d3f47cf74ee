using Fleet.Grpc.Tests.Hosting;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Fleet.Grpc.Tests.Interop;

/// <summary>The standard cases as our client plays them, against whichever server the channel leads to.</summary>
internal sealed class InteropCases(GrpcChannel channel)
{
    private static readonly int[] RequestSizes = [27182, 8, 1828, 45904];
    private static readonly int[] ResponseSizes = [31415, 9, 2653, 58979];

    private readonly TestService.TestServiceClient _client = new(channel);

    /// <summary>The cases that every server plays; those on compression need a server that tells and obeys per message.</summary>
    public static IReadOnlyList<string> Everywhere { get; } =
    [
        "empty_unary", "large_unary", "client_streaming", "server_streaming", "ping_pong", "empty_stream", "custom_metadata",
        "status_code_and_message", "special_status_message", "unimplemented_method", "unimplemented_service",
        "cancel_after_begin", "cancel_after_first_response", "timeout_on_sleeping_server",
    ];

    public static IReadOnlyList<string> Compressed { get; } =
    [
        "client_compressed_unary", "client_compressed_streaming", "server_compressed_unary", "server_compressed_streaming",
    ];

    public Task RunAsync(string name) => name switch
    {
        "empty_unary" => EmptyUnaryAsync(),
        "large_unary" => LargeUnaryAsync(),
        "client_streaming" => ClientStreamingAsync(),
        "server_streaming" => ServerStreamingAsync(),
        "ping_pong" => PingPongAsync(),
        "empty_stream" => EmptyStreamAsync(),
        "custom_metadata" => CustomMetadataAsync(),
        "status_code_and_message" => StatusCodeAndMessageAsync("test status message"),
        "special_status_message" => SpecialStatusMessageAsync(),
        "unimplemented_method" => UnimplementedMethodAsync(),
        "unimplemented_service" => UnimplementedServiceAsync(),
        "cancel_after_begin" => CancelAfterBeginAsync(),
        "cancel_after_first_response" => CancelAfterFirstResponseAsync(),
        "timeout_on_sleeping_server" => TimeoutOnSleepingServerAsync(),
        "client_compressed_unary" => ClientCompressedUnaryAsync(),
        "client_compressed_streaming" => ClientCompressedStreamingAsync(),
        "server_compressed_unary" => ServerCompressedUnaryAsync(),
        "server_compressed_streaming" => ServerCompressedStreamingAsync(),
        _ => throw new ArgumentException($"There is no case '{name}'.", nameof(name)),
    };

    private async Task EmptyUnaryAsync() =>
        (await _client.EmptyCallAsync(new Empty()).ResponseAsync.WaitAsync(Limits.Step)).ShouldBe(new Empty());

    private async Task LargeUnaryAsync()
    {
        var response = await _client.UnaryCallAsync(LargeRequest()).ResponseAsync.WaitAsync(Limits.Step);
        response.Payload.Body.ShouldBe(Zeros(314159).Body);
    }

    private async Task ClientStreamingAsync()
    {
        using var call = _client.StreamingInputCall();
        foreach (var size in RequestSizes)
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(size) }).WaitAsync(Limits.Step);

        await call.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        (await call.ResponseAsync.WaitAsync(Limits.Step)).AggregatedPayloadSize.ShouldBe(74922);
    }

    private async Task ServerStreamingAsync()
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(ResponseSizes.Select(size => new ResponseParameters { Size = size }));
        using var call = _client.StreamingOutputCall(request);
        var sizes = new List<int>();
        while (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step))
            sizes.Add(call.ResponseStream.Current.Payload.Body.Length);

        sizes.ShouldBe(ResponseSizes);
    }

    private async Task PingPongAsync()
    {
        using var call = _client.FullDuplexCall();
        for (var i = 0; i < RequestSizes.Length; i++)
        {
            await call.RequestStream.WriteAsync(Ping(ResponseSizes[i], RequestSizes[i])).WaitAsync(Limits.Step);
            (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();
            call.ResponseStream.Current.Payload.Body.Length.ShouldBe(ResponseSizes[i]);
        }

        await call.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeFalse();
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    private async Task EmptyStreamAsync()
    {
        using var call = _client.FullDuplexCall();
        await call.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeFalse();
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    private async Task CustomMetadataAsync()
    {
        byte[] trailing = [0xab, 0xab, 0xab];
        var headers = new Metadata
        {
            { "x-grpc-test-echo-initial", "test_initial_metadata_value" },
            { "x-grpc-test-echo-trailing-bin", trailing },
        };
        using var unary = _client.UnaryCallAsync(LargeRequest(), headers);
        (await unary.ResponseHeadersAsync.WaitAsync(Limits.Step)).GetValue("x-grpc-test-echo-initial").ShouldBe("test_initial_metadata_value");
        await unary.ResponseAsync.WaitAsync(Limits.Step);
        unary.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin").ShouldBe(trailing);

        using var duplex = _client.FullDuplexCall(headers);
        await duplex.RequestStream.WriteAsync(Ping(314159, 271828)).WaitAsync(Limits.Step);
        await duplex.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        (await duplex.ResponseHeadersAsync.WaitAsync(Limits.Step)).GetValue("x-grpc-test-echo-initial").ShouldBe("test_initial_metadata_value");
        await duplex.ResponseStream.ReadAllAsync().ToListAsync().AsTask().WaitAsync(Limits.Step);
        duplex.GetTrailers().GetValueBytes("x-grpc-test-echo-trailing-bin").ShouldBe(trailing);
    }

    private async Task StatusCodeAndMessageAsync(string message)
    {
        var status = new EchoStatus { Code = (int)StatusCode.Unknown, Message = message };
        var unary = await FailureAsync(_client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }).ResponseAsync);
        unary.Status.ShouldBe(new Status(StatusCode.Unknown, message));

        using var call = _client.FullDuplexCall();
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status }).WaitAsync(Limits.Step);
        await call.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        (await FailureAsync(call.ResponseStream.MoveNext(default))).Status.ShouldBe(new Status(StatusCode.Unknown, message));
    }

    private async Task SpecialStatusMessageAsync()
    {
        const string Message = "\t\ntest with whitespace\r\nand Unicode BMP \u263A and non-BMP \U0001F608\t\n";
        var status = new EchoStatus { Code = (int)StatusCode.Unknown, Message = Message };
        var failure = await FailureAsync(_client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }).ResponseAsync);
        failure.Status.ShouldBe(new Status(StatusCode.Unknown, Message));
    }

    private async Task UnimplementedMethodAsync() =>
        (await FailureAsync(_client.UnimplementedCallAsync(new Empty()).ResponseAsync)).StatusCode.ShouldBe(StatusCode.Unimplemented);

    private async Task UnimplementedServiceAsync()
    {
        var client = new UnimplementedService.UnimplementedServiceClient(channel);
        (await FailureAsync(client.UnimplementedCallAsync(new Empty()).ResponseAsync)).StatusCode.ShouldBe(StatusCode.Unimplemented);
    }

    private async Task CancelAfterBeginAsync()
    {
        using var cancel = new CancellationTokenSource();
        using var call = _client.StreamingInputCall(cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        (await FailureAsync(call.ResponseAsync)).StatusCode.ShouldBe(StatusCode.Cancelled);
        call.GetStatus().StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    private async Task CancelAfterFirstResponseAsync()
    {
        using var cancel = new CancellationTokenSource();
        using var call = _client.FullDuplexCall(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(Ping(31415, 27182)).WaitAsync(Limits.Step);
        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();
        await cancel.CancelAsync();
        (await FailureAsync(call.ResponseStream.MoveNext(default))).StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    private async Task TimeoutOnSleepingServerAsync()
    {
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(1);
        using var call = _client.FullDuplexCall(deadline: deadline);
        try
        {
            await call.RequestStream.WriteAsync(Ping(0, 27182)).WaitAsync(Limits.Step);
        }
        catch (RpcException late)
        {
            late.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        }

        var failure = await FailureAsync(call.ResponseStream.ReadAllAsync().ToListAsync().AsTask());
        failure.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
    }

    private async Task ClientCompressedUnaryAsync()
    {
        var gzip = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        var compressed = LargeRequest();
        compressed.ExpectCompressed = new BoolValue { Value = true };
        var plain = LargeRequest();
        plain.ExpectCompressed = new BoolValue { Value = false };

        // The probe: a server that does not look at the flag would not notice this lie.
        (await FailureAsync(_client.UnaryCallAsync(compressed).ResponseAsync)).StatusCode.ShouldBe(StatusCode.InvalidArgument);
        (await _client.UnaryCallAsync(compressed, gzip).ResponseAsync.WaitAsync(Limits.Step)).Payload.Body.Length.ShouldBe(314159);
        (await _client.UnaryCallAsync(plain).ResponseAsync.WaitAsync(Limits.Step)).Payload.Body.Length.ShouldBe(314159);
    }

    private async Task ClientCompressedStreamingAsync()
    {
        using var probe = _client.StreamingInputCall();
        await probe.RequestStream.WriteAsync(Part(27182, compressed: true)).WaitAsync(Limits.Step);
        (await FailureAsync(probe.ResponseAsync)).StatusCode.ShouldBe(StatusCode.InvalidArgument);

        using var call = _client.StreamingInputCall(new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        await call.RequestStream.WriteAsync(Part(27182, compressed: true)).WaitAsync(Limits.Step);
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(Part(45904, compressed: false)).WaitAsync(Limits.Step);
        await call.RequestStream.CompleteAsync().WaitAsync(Limits.Step);
        (await call.ResponseAsync.WaitAsync(Limits.Step)).AggregatedPayloadSize.ShouldBe(73086);
    }

    private async Task ServerCompressedUnaryAsync()
    {
        foreach (var wanted in new[] { true, false })
        {
            var request = LargeRequest();
            request.ResponseCompressed = new BoolValue { Value = wanted };
            using var call = _client.UnaryCallAsync(request);
            (await call.ResponseAsync.WaitAsync(Limits.Step)).Payload.Body.ShouldBe(Zeros(314159).Body);
            call.Handle.LastResponseWasCompressed.ShouldBe(wanted);
        }
    }

    private async Task ServerCompressedStreamingAsync()
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.Add(new ResponseParameters { Size = 31415, Compressed = new BoolValue { Value = true } });
        request.ResponseParameters.Add(new ResponseParameters { Size = 92653, Compressed = new BoolValue { Value = false } });
        using var call = _client.StreamingOutputCall(request);
        foreach (var asked in request.ResponseParameters)
        {
            (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();
            call.ResponseStream.Current.Payload.Body.Length.ShouldBe(asked.Size);
            call.Handle.LastResponseWasCompressed.ShouldBe(asked.Compressed.Value);
        }

        (await call.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeFalse();
    }

    private static Task<RpcException> FailureAsync(Task call) => Should.ThrowAsync<RpcException>(call.WaitAsync(Limits.Step));

    private static SimpleRequest LargeRequest() => new() { ResponseSize = 314159, Payload = Zeros(271828) };

    private static StreamingInputCallRequest Part(int size, bool compressed) =>
        new() { Payload = Zeros(size), ExpectCompressed = new BoolValue { Value = compressed } };

    private static StreamingOutputCallRequest Ping(int responseSize, int requestSize) =>
        new() { ResponseParameters = { new ResponseParameters { Size = responseSize } }, Payload = Zeros(requestSize) };

    private static Payload Zeros(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };
}
