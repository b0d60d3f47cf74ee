using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.Grpc.Tests.Wire;

/// <summary>What no server may answer: the client gives the call the right status.</summary>
public sealed class MalformedResponseTests
{
    private static readonly byte[] Good = RawCall.Frame(new SimpleResponse { Payload = new Payload { Body = ByteString.CopyFrom(1, 2) } }.ToByteArray());

    public static TheoryData<string, byte[], string, StatusCode> Bodies() => new()
    {
        { "an undefined flag", RawCall.Frame([], flag: 9), "", StatusCode.Internal },
        { "a length beyond the limit", RawCall.Frame([], length: 0x7fff_ffff), "", StatusCode.ResourceExhausted },
        { "half a header", [0, 0], "", StatusCode.Internal },
        { "half a message", RawCall.Frame([1], length: 50), "", StatusCode.Internal },
        { "no message", [], "", StatusCode.Internal },
        { "two messages", [.. Good, .. Good], "", StatusCode.Internal },
        { "garbage", RawCall.Frame([0xff, 0xff, 0xff]), "", StatusCode.Internal },
        { "a compressed message without an encoding", RawCall.Frame([1], flag: 1), "", StatusCode.Internal },
        { "corrupt gzip", RawCall.Frame([1, 2, 3], flag: 1), "gzip", StatusCode.Internal },
        { "a gzip bomb", RawCall.Frame(Gzip.Pack(new byte[32 << 20]), flag: 1), "gzip", StatusCode.ResourceExhausted },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_response_gets_its_status(string what, byte[] body, string encoding, StatusCode expected)
    {
        var failure = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            if (encoding.Length > 0)
                http.Response.Headers["grpc-encoding"] = encoding;

            http.Response.DeclareTrailer("grpc-status");
            await http.Response.Body.WriteAsync(body);
            await http.Response.Body.FlushAsync();
            http.Response.AppendTrailer("grpc-status", "0");
        });
        failure.StatusCode.ShouldBe(expected, what);
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(302, StatusCode.Unknown)]
    [InlineData(200, StatusCode.Unknown)]
    public async Task HTTP_statuses_without_a_gRPC_status_are_mapped(int http, StatusCode expected)
    {
        var failure = await CallAsync(context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        });
        failure.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task Reset_codes_are_mapped(int code, StatusCode expected)
    {
        var failure = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(Good.AsMemory(0, 3));
            await http.Response.Body.FlushAsync();
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
        });
        failure.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("17", StatusCode.Unknown)]
    [InlineData("-1", StatusCode.Unknown)]
    [InlineData("x", StatusCode.Unknown)]
    [InlineData("16", StatusCode.Unauthenticated)]
    public async Task Statuses_beyond_the_known_are_unknown(string code, StatusCode expected)
    {
        var failure = await CallAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = code;
            http.Response.Headers["grpc-message"] = "50%25 of %zz";
            return Task.CompletedTask;
        });
        failure.Status.ShouldBe(new Status(expected, "50% of %zz"));
    }

    [Fact]
    public async Task A_response_without_a_status_is_unknown()
    {
        var failure = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(Good);
        });
        failure.StatusCode.ShouldBe(StatusCode.Unknown);
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable_and_says_why()
    {
        var server = await TestServer.StartAsync(Transport.H2c, _ => { });
        using var channel = server.CreateChannel();
        await server.DisposeAsync();
        var failure = await Should.ThrowAsync<RpcException>(
            new TestService.TestServiceClient(channel).EmptyCallAsync(new Empty()).ResponseAsync.WaitAsync(Limits.Step));
        failure.StatusCode.ShouldBe(StatusCode.Unavailable);
        failure.Status.Detail.ShouldContain("refused");
        failure.Status.DebugException.ShouldBeOfType<HttpRequestException>();
    }

    private static async Task<RpcException> CallAsync(RequestDelegate answer)
    {
        await using var server = await TestServer.StartAsync(Transport.H2c, app => app.MapPost("/" + RawCall.Unary, answer));
        using var channel = server.CreateChannel();
        var call = new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest());
        return await Should.ThrowAsync<RpcException>(call.ResponseAsync.WaitAsync(Limits.Step));
    }
}
