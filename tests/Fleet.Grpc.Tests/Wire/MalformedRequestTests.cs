using System.Net;
using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fleet.Grpc.Tests.Wire;

/// <summary>What no client may send: the right status comes back, and the server goes on serving others.</summary>
public sealed class MalformedRequestTests
{
    private const int FourMiB = 4 * 1024 * 1024;

    private static readonly byte[] Good = RawCall.Frame(new SimpleRequest { ResponseSize = 3 }.ToByteArray());

    public static TheoryData<string, byte[], string, StatusCode> Frames() => new()
    {
        { "an undefined flag", RawCall.Frame([], flag: 2), "", StatusCode.Internal },
        { "the largest length there is", RawCall.Frame([], length: uint.MaxValue), "", StatusCode.ResourceExhausted },
        { "a length beyond the limit", RawCall.Frame([], length: FourMiB + 1), "", StatusCode.ResourceExhausted },
        { "half a header", [0, 0, 0], "", StatusCode.Internal },
        { "half a message", RawCall.Frame([1, 2, 3], length: 100), "", StatusCode.Internal },
        { "no message", [], "", StatusCode.Internal },
        { "two messages", [.. Good, .. Good], "", StatusCode.Internal },
        { "a message and half a header", [.. Good, 0], "", StatusCode.Internal },
        { "garbage", RawCall.Frame([0xff, 0xff, 0xff, 0xff, 0xff]), "", StatusCode.Internal },
        { "a compressed message without an encoding", RawCall.Frame([1], flag: 1), "", StatusCode.Internal },
        { "corrupt gzip", RawCall.Frame([1, 2, 3, 4], flag: 1), "gzip", StatusCode.Internal },
        { "a gzip bomb", RawCall.Frame(Gzip.Pack(new byte[64 * FourMiB]), flag: 1), "gzip", StatusCode.ResourceExhausted },
        { "an unknown encoding", Good, "brotli", StatusCode.Unimplemented },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_malformed_request_gets_its_status_and_harms_nobody_else(
        string what, byte[] body, string encoding, StatusCode expected)
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c);
        using var channel = server.CreateChannel();
        var neighbour = new TestService.TestServiceClient(channel);
        using var stream = neighbour.FullDuplexCall();
        await PingAsync(stream);

        var reply = encoding.Length == 0
            ? await RawCall.PostAsync(server, RawCall.Unary, body)
            : await RawCall.PostAsync(server, RawCall.Unary, body, headers: ("grpc-encoding", encoding));

        reply.Http.ShouldBe(HttpStatusCode.OK, what);
        reply.GrpcStatus.ShouldBe((int)expected, what);
        reply.Message.ShouldNotBeNullOrEmpty(what);
        await PingAsync(stream);
    }

    [Fact]
    public async Task A_malformed_message_in_the_middle_of_a_stream_ends_that_stream_alone()
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c);
        using var channel = server.CreateChannel();
        using var stream = new TestService.TestServiceClient(channel).FullDuplexCall();
        await PingAsync(stream);
        var ping = RawCall.Frame(new StreamingOutputCallRequest { ResponseParameters = { new ResponseParameters { Size = 1 } } }.ToByteArray());

        var reply = await RawCall.PostAsync(server, RawCall.Duplex, [.. ping, .. RawCall.Frame([], flag: 7)]);

        reply.GrpcStatus.ShouldBe((int)StatusCode.Internal);
        await PingAsync(stream);
    }

    [Fact]
    public async Task An_unknown_encoding_is_answered_with_those_that_are_known()
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c);
        var reply = await RawCall.PostAsync(server, RawCall.Unary, Good, headers: ("grpc-encoding", "snappy"));
        reply.GrpcStatus.ShouldBe((int)StatusCode.Unimplemented);
        RawCall.First(reply.Response, "grpc-accept-encoding").ShouldBe("identity,gzip");
    }

    [Theory]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/grpc; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_gRPC_content_types_are_served(string? contentType, HttpStatusCode expected)
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c);
        var reply = await RawCall.PostAsync(server, RawCall.Unary, Good, contentType);
        reply.Http.ShouldBe(expected);
        reply.GrpcStatus.ShouldBe(expected == HttpStatusCode.OK ? 0 : (int)StatusCode.Internal);
    }

    [Fact]
    public async Task Requests_that_are_not_gRPC_are_left_to_HTTP()
    {
        await using var server = await TestServer.StartAsync(
            Transport.H2c, app => app.MapGrpcService<InteropService>(), protocols: HttpProtocols.Http1);

        (await RawCall.PostAsync(server, RawCall.Unary, Good, version: HttpVersion.Version11)).Http.ShouldBe(HttpStatusCode.UpgradeRequired);
        (await RawCall.PostAsync(server, RawCall.Unary, [], method: HttpMethod.Get, version: HttpVersion.Version11)).Http
            .ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await RawCall.PostAsync(server, "no/such", [], "text/plain", version: HttpVersion.Version11)).Http
            .ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("grpc.testing.TestService/NoSuchMethod")]
    [InlineData("no.such.Service/Method")]
    public async Task Unknown_methods_and_services_are_unimplemented(string path)
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c);
        (await RawCall.PostAsync(server, path, Good)).GrpcStatus.ShouldBe((int)StatusCode.Unimplemented);
    }

    [Theory]
    [InlineData("soon", StatusCode.Internal)]
    [InlineData("-1S", StatusCode.Internal)]
    [InlineData("999999999S", StatusCode.Internal)]
    [InlineData("0m", StatusCode.DeadlineExceeded)]
    [InlineData("99999999H", StatusCode.OK)]
    public async Task Timeouts_are_read_strictly(string timeout, StatusCode expected)
    {
        await using var server = await InteropHost.StartAsync(Transport.H2c);
        var slow = new StreamingOutputCallRequest { ResponseParameters = { new ResponseParameters { Size = 1, IntervalUs = 200_000 } } };
        var reply = await RawCall.PostAsync(
            server, RawCall.Duplex, RawCall.Frame(slow.ToByteArray()), headers: ("grpc-timeout", timeout));
        reply.GrpcStatus.ShouldBe((int)expected);
    }

    private static async Task PingAsync(AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> stream)
    {
        var ping = new StreamingOutputCallRequest { ResponseParameters = { new ResponseParameters { Size = 9 } } };
        await stream.RequestStream.WriteAsync(ping).WaitAsync(Limits.Step);
        (await stream.ResponseStream.MoveNext(default).WaitAsync(Limits.Step)).ShouldBeTrue();
        stream.ResponseStream.Current.Payload.Body.Length.ShouldBe(9);
    }
}
