using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Grpc.Tests.Hosting;
using Fleet.Grpc.Tests.Interop;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Grpc.Tests.Serving;

public sealed class HandlerTests
{
    [Theory]
    [InlineData(false, "The handler threw an exception.")]
    [InlineData(true, "The handler threw FormatException: secret")]
    public async Task A_handlers_exception_is_unknown_and_kept_secret_unless_asked_for(bool detailed, string expected)
    {
        await using var server = await new ScriptedService { Unary = (_, _) => throw new FormatException("secret") }
            .StartAsync(options => options.EnableDetailedErrors = detailed);
        using var channel = server.CreateChannel();
        var failure = await FailureAsync(channel);
        failure.Status.ShouldBe(new Status(StatusCode.Unknown, expected));
    }

    [Fact]
    public async Task A_thrown_status_takes_its_trailers_along()
    {
        await using var server = await new ScriptedService
        {
            Unary = (_, context) =>
            {
                context.ResponseTrailers.Add("first", "1");
                throw new RpcException(new Status(StatusCode.Aborted, "50 % \u00fcber"), new Metadata { { "second-bin", [2] } });
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        var failure = await FailureAsync(channel);
        failure.Status.ShouldBe(new Status(StatusCode.Aborted, "50 % \u00fcber"));
        failure.Trailers.GetValue("first").ShouldBe("1");
        failure.Trailers.GetValueBytes("second-bin").ShouldBe([2]);
    }

    [Fact]
    public async Task A_status_set_on_the_context_ends_the_call_without_a_throw()
    {
        await using var server = await new ScriptedService
        {
            Unary = (_, context) =>
            {
                context.Status = new Status(StatusCode.NotFound, "nothing here");
                return Task.FromResult(new SimpleResponse());
            },
        }.StartAsync();
        using var channel = server.CreateChannel();
        (await FailureAsync(channel)).Status.ShouldBe(new Status(StatusCode.NotFound, "nothing here"));
    }

    [Fact]
    public async Task Services_are_made_for_each_call_with_what_they_need_and_let_go_after_it()
    {
        var counts = new Counts();
        await using var server = await TestServer.StartAsync(
            Transport.H2c, app => app.MapGrpcService<CountingService>(), register: services => services.AddSingleton(counts));
        using var channel = server.CreateChannel();
        for (var i = 0; i < 3; i++)
            await new TestService.TestServiceClient(channel).EmptyCallAsync(new Empty()).ResponseAsync.WaitAsync(Limits.Step);

        counts.Made.ShouldBe(3);
        await Poll.UntilAsync(() => counts.Disposed == 3);
    }

    [Fact]
    public async Task Endpoints_tell_their_method_and_carry_the_attributes_of_class_and_handler()
    {
        await using var server = await TestServer.StartAsync(
            Transport.H2c, app => app.MapGrpcService<CountingService>().WithMetadata("convention"), register: services => services.AddSingleton(new Counts()));
        var endpoint = server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Single(candidate => candidate.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Name == "EmptyCall");
        endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.ServiceType.ShouldBe(typeof(CountingService));
        endpoint.Metadata.GetOrderedMetadata<MarkAttribute>().Select(mark => mark.Name).ShouldBe(["class", "handler"], ignoreOrder: true);
        endpoint.Metadata.GetMetadata<string>().ShouldBe("convention");
    }

    [Fact]
    public async Task Mapping_what_is_no_service_says_so() => (await Should.ThrowAsync<InvalidOperationException>(
            TestServer.StartAsync(Transport.H2c, app => app.MapGrpcService<string>())))
        .Message.ShouldContain("generated gRPC base class");

    [Theory]
    [InlineData(MethodType.Unary, false, false)]
    [InlineData(MethodType.ClientStreaming, true, false)]
    [InlineData(MethodType.ServerStreaming, false, true)]
    [InlineData(MethodType.DuplexStreaming, true, true)]
    public void Streams_may_be_silent_for_as_long_as_they_like(MethodType type, bool requestLifted, bool responseLifted)
    {
        var http = new DefaultHttpContext();
        var limits = new BodyLimits();
        http.Features.Set<IHttpMaxRequestBodySizeFeature>(limits);
        http.Features.Set<IHttpMinRequestBodyDataRateFeature>(limits);
        http.Features.Set<IHttpMinResponseDataRateFeature>(limits);
        RequestGate.LiftLimits(http, type);
        limits.MaxRequestBodySize.ShouldBeNull();
        (limits.Request is null).ShouldBe(requestLifted);
        (limits.Response is null).ShouldBe(responseLifted);
    }

    [Fact]
    public void A_client_certificates_names_are_the_peers_identity()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=agent-7", key, HashAlgorithmName.SHA256);
        using var plain = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        PeerIdentity.ContextOf(plain).PeerIdentity.Select(property => property.Value).ShouldBe(["agent-7"]);
        PeerIdentity.ContextOf(TestCertificate.Instance).PeerIdentity.Select(property => property.Value).ShouldBe(["localhost"]);
        PeerIdentity.ContextOf(null).IsPeerAuthenticated.ShouldBeFalse();
    }

    private static Task<RpcException> FailureAsync(ChannelBase channel) => Should.ThrowAsync<RpcException>(
        new TestService.TestServiceClient(channel).UnaryCallAsync(new SimpleRequest()).ResponseAsync.WaitAsync(Limits.Step));

    private sealed class Counts
    {
        public int Made;
        public int Disposed;
    }

    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
    private sealed class MarkAttribute(string name) : Attribute
    {
        public string Name => name;
    }

    [Mark("class")]
    private sealed class CountingService : TestService.TestServiceBase, IAsyncDisposable
    {
        private readonly Counts _counts;

        public CountingService(Counts counts)
        {
            _counts = counts;
            Interlocked.Increment(ref counts.Made);
        }

        [Mark("handler")]
        public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(request);

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref _counts.Disposed);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class BodyLimits : IHttpMaxRequestBodySizeFeature, IHttpMinRequestBodyDataRateFeature, IHttpMinResponseDataRateFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; } = 1;

        public MinDataRate? Request { get; private set; } = new(1, TimeSpan.FromSeconds(5));

        public MinDataRate? Response { get; private set; } = new(1, TimeSpan.FromSeconds(5));

        MinDataRate? IHttpMinRequestBodyDataRateFeature.MinDataRate
        {
            get => Request;
            set => Request = value;
        }

        MinDataRate? IHttpMinResponseDataRateFeature.MinDataRate
        {
            get => Response;
            set => Response = value;
        }
    }
}
