using System.Net;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Wire;

/// <summary>What no controller answers: the channel of agent and CLI gives the call its status, and says why in one sentence.</summary>
public sealed class MalformedAnswerTests
{
    private static readonly byte[] s_good = RawCall.Frame(new V1.Trust { FleetRoot = ByteString.CopyFrom(1, 2) }.ToByteArray());

    public static TheoryData<string, byte[], string, StatusCode> Bodies => new()
    {
        { "an undefined flag", RawCall.Frame([], flag: 9), "", StatusCode.Internal },
        { "a length beyond the limit", RawCall.Frame([], length: 0x7fff_ffff), "", StatusCode.ResourceExhausted },
        { "half a header", [0, 0], "", StatusCode.Internal },
        { "half a message", RawCall.Frame([1], length: 50), "", StatusCode.Internal },
        { "no message", [], "", StatusCode.Internal },
        { "two messages", [.. s_good, .. s_good], "", StatusCode.Internal },
        { "garbage", RawCall.Frame([0xff, 0xff, 0xff]), "", StatusCode.Internal },
        { "a compressed message without an encoding", RawCall.Frame([1], flag: 1), "", StatusCode.Internal },
        { "a gzip bomb", RawCall.Frame(RawCall.Gzip(new byte[32 << 20]), flag: 1), "gzip", StatusCode.Unimplemented },
    };

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public async Task A_malformed_answer_gets_its_status(string what, byte[] body, string encoding, StatusCode expected)
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
        failure.Code().ShouldBe(expected, what);
        ShouldBeOneSentence(failure);
    }

    [Theory]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(302, StatusCode.Unknown)]
    public async Task An_HTTP_status_without_a_gRPC_status_is_mapped(int http, StatusCode expected)
    {
        var failure = await CallAsync(context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        });
        failure.Code().ShouldBe(expected);
        ShouldBeOneSentence(failure);
    }

    [Theory]
    [InlineData(2, StatusCode.Internal)]
    [InlineData(7, StatusCode.Unavailable)]
    [InlineData(8, StatusCode.Cancelled)]
    [InlineData(11, StatusCode.ResourceExhausted)]
    [InlineData(12, StatusCode.PermissionDenied)]
    public async Task A_reset_of_the_stream_is_mapped(int code, StatusCode expected)
    {
        var failure = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(s_good.AsMemory(0, 3));
            await http.Response.Body.FlushAsync();
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
        });
        failure.Code().ShouldBe(expected);
        ShouldBeOneSentence(failure);
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_unavailable()
    {
        var failure = await CallAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.FlushAsync();
            http.Features.GetRequiredFeature<Microsoft.AspNetCore.Connections.Features.IConnectionLifetimeFeature>().Abort();
        });
        failure.Code().ShouldBe(StatusCode.Unavailable, failure.ToString());
        ShouldBeOneSentence(failure);
    }

    [Fact]
    public async Task What_the_other_end_says_arrives_as_it_was()
    {
        var failure = await CallAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "16";
            http.Response.Headers["grpc-message"] = "50%25 of %E2%98%BA";
            return Task.CompletedTask;
        });
        failure.Code().ShouldBe(StatusCode.Unauthenticated);
        failure.Reason().ShouldBe("50% of ☺");
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable_and_says_why()
    {
        var (app, address) = await StartAsync(_ => Task.CompletedTask);
        await app.DisposeAsync();
        var failure = await CallAsync(address);
        failure.Code().ShouldBe(StatusCode.Unavailable);
        failure.Reason().ShouldStartWith("the server cannot be reached: Connection refused");
        ShouldBeOneSentence(failure);
    }

    private static void ShouldBeOneSentence(RpcException failure)
    {
        failure.Reason().ShouldNotBeNullOrWhiteSpace();
        failure.Reason().ShouldNotContain("Exception");
        failure.Reason().ShouldNotContain("\n");
    }

    private static async Task<RpcException> CallAsync(RequestDelegate answer)
    {
        var (app, address) = await StartAsync(answer);
        await using (app)
            return await CallAsync(address);
    }

    private static async Task<RpcException> CallAsync(Uri address)
    {
        using var channel = LinkChannel.Open(address, new SocketsHttpHandler { UseProxy = false, ConnectCallback = LinkHandler.ConnectAsync });
        return await Should.ThrowAsync<RpcException>(
            new V1.Enrollment.EnrollmentClient(channel).GetTrustAsync(new V1.GetTrustRequest()).ResponseAsync.WaitAsync(TimeLimit.Default));
    }

    private static async Task<(WebApplication App, Uri Address)> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync().WaitAsync(TimeLimit.Default);
        return (app, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
    }
}
