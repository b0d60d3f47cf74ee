using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Fleet.Controller.Logging;
using Fleet.Controller.Tests.Hosting;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Wire;

/// <summary>What no client may send: a status comes back, one line is logged at most, without a stack, and others are served meanwhile.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls IAsyncLifetime.DisposeAsync.")]
public sealed class MalformedRequestTests : IAsyncLifetime
{
    private const int Limit = Fleet.Protocol.Limits.MessageBytes;
    private static readonly byte[] s_good = RawCall.Frame([]);
    private readonly Lines _lines = new();
    private readonly TestController _controller;

    public MalformedRequestTests() => _controller = new TestController
    {
        Logging = logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new ServerFaults(_lines, TimeProvider.System)),
    };

    public Task InitializeAsync() => _controller.InitializeAsync();

    public Task DisposeAsync() => _controller.DisposeAsync();

    public static TheoryData<string, byte[], string, StatusCode> OneMessage => new()
    {
        { "an undefined flag", RawCall.Frame([], flag: 2), "", StatusCode.Unknown },
        { "the largest length there is", RawCall.Frame([], length: uint.MaxValue), "", StatusCode.Unknown },
        { "a length beyond the limit", RawCall.Frame([], length: Limit + 1), "", StatusCode.ResourceExhausted },
        { "half a header", [0, 0, 0], "", StatusCode.Internal },
        { "half a message", RawCall.Frame([1, 2, 3], length: 100), "", StatusCode.Internal },
        { "no message", [], "", StatusCode.Internal },
        { "two messages", [.. s_good, .. s_good], "", StatusCode.Internal },
        { "a message and half a header", [.. s_good, 0], "", StatusCode.Internal },
        { "garbage", RawCall.Frame([0xff, 0xff, 0xff, 0xff, 0xff]), "", StatusCode.Unknown },
        { "a compressed message without an encoding", RawCall.Frame([1], flag: 1), "", StatusCode.Internal },
        { "corrupt gzip", RawCall.Frame([1, 2, 3, 4], flag: 1), "gzip", StatusCode.Internal },
        { "a gzip bomb", RawCall.Frame(RawCall.Gzip(new byte[64 * Limit]), flag: 1), "gzip", StatusCode.ResourceExhausted },
        { "an unknown encoding", RawCall.Frame([1], flag: 1), "brotli", StatusCode.Unimplemented },
    };

    [Theory]
    // Enumerated when they run: as part of tests' names the bodies take a minute and gigabytes.
    [MemberData(nameof(OneMessage), DisableDiscoveryEnumeration = true)]
    public async Task A_request_of_one_message(string what, byte[] body, string encoding, StatusCode expected)
    {
        using var client = RawCall.Client(_controller);

        var reply = encoding.Length == 0
            ? await client.PostAsync(_controller, RawCall.Trust, body)
            : await client.PostAsync(_controller, RawCall.Trust, body, headers: ("grpc-encoding", encoding));

        reply.Http.ShouldBe(HttpStatusCode.OK, what);
        reply.Status.ShouldBe((int)expected, $"{what}: {reply.Message}");
        reply.Message.ShouldNotBeNullOrEmpty(what);
        reply.Message.ShouldNotContain("Exception:", customMessage: what);
        await ShouldServeAsync();
    }

    public static TheoryData<string, byte[], StatusCode> Streamed => new()
    {
        { "an undefined flag", RawCall.Frame([], flag: 7), StatusCode.Internal },
        { "garbage", RawCall.Frame([0xff, 0xff, 0xff]), StatusCode.Internal },
        { "the largest length there is", RawCall.Frame([], length: uint.MaxValue), StatusCode.Internal },
        { "a length beyond the limit", RawCall.Frame([], length: Limit + 1), StatusCode.ResourceExhausted },
        { "half a message", RawCall.Frame([1, 2, 3], length: 100), StatusCode.Internal },
    };

    [Theory]
    [MemberData(nameof(Streamed))]
    public async Task The_second_message_of_a_stream(string what, byte[] second, StatusCode expected)
    {
        var (_, admin) = await _controller.EnrollOperatorAsync("ada", OperatorRole.Admin);
        using var client = RawCall.Client(_controller, admin);
        var head = new V1.PutArtifactRequest { Head = new V1.Artifact { Version = "9.9.9", SizeBytes = 5, Sha256 = ByteString.CopyFrom(new byte[32]) } };

        var reply = await client.PostAsync(_controller, RawCall.Put, [.. RawCall.Frame(head.ToByteArray()), .. second]);

        reply.Status.ShouldBe((int)expected, $"{what}: {reply.Message}");
        await ShouldServeAsync();
    }

    [Fact]
    public async Task What_is_malformed_a_thousand_times_is_logged_once()
    {
        using var client = RawCall.Client(_controller);
        for (var i = 0; i < 200; i++)
            await client.PostAsync(_controller, RawCall.Trust, RawCall.Frame([], flag: 2));

        _lines.All.Where(line => line.Level >= LogLevel.Warning).ShouldHaveSingleItem().Text.ShouldContain("'GetTrust'");
    }

    [Theory]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task Only_gRPC_content_types_are_served(string? contentType, HttpStatusCode expected)
    {
        using var client = RawCall.Client(_controller);
        (await client.PostAsync(_controller, RawCall.Trust, s_good, contentType)).Http.ShouldBe(expected);
    }

    [Theory]
    [InlineData("fleet.v1.Enrollment/NoSuchMethod")]
    [InlineData("no.such.Service/Method")]
    public async Task Unknown_methods_and_services_are_unimplemented(string path)
    {
        using var client = RawCall.Client(_controller);
        (await client.PostAsync(_controller, path, s_good)).Status.ShouldBe((int)StatusCode.Unimplemented);
    }

    [Theory]
    [InlineData("soon", null)]
    [InlineData("-1S", null)]
    [InlineData("99999999H", null)]
    [InlineData("100m", (int)StatusCode.DeadlineExceeded)]
    public async Task A_timeout_ends_the_call_and_one_that_is_none_does_not(string timeout, int? expected)
    {
        var (_, viewer) = await _controller.EnrollOperatorAsync("vic", OperatorRole.Viewer);
        using var client = RawCall.Client(_controller, viewer);
        using var request = RawCall.Request(_controller, RawCall.Watch, new ByteArrayContent(s_good));
        request.Headers.TryAddWithoutValidation("grpc-timeout", timeout);
        using var response = await client.SendAsync(request, CancellationToken.None).WaitAsync(TimeLimit.Default);

        var ended = response.Content.ReadAsByteArrayAsync();
        if (expected is null)
        {
            await Should.ThrowAsync<TimeoutException>(ended.WaitAsync(TimeSpan.FromSeconds(0.5)));
            return;
        }

        await ended.WaitAsync(TimeLimit.Default);
        response.TrailingHeaders.GetValues("grpc-status").ShouldBe([$"{expected}"]);
    }

    [Fact]
    public async Task Mutated_requests_are_all_answered_with_a_status()
    {
        var random = new Random(42);
        using var client = RawCall.Client(_controller);
        var token = RawCall.Frame(new V1.EnrollAgentRequest { Token = "fleet1.a.x", Name = "host", EnrollmentId = new string('e', 32) }.ToByteArray());
        for (var round = 0; round < 300; round++)
        {
            var body = token[..random.Next(token.Length + 1)];
            for (var flips = random.Next(1, 5); flips > 0 && body.Length > 0; flips--)
                body[random.Next(Math.Min(body.Length, 16))] = (byte)random.Next(256);

            var reply = random.Next(3) == 0
                ? await client.PostAsync(_controller, "fleet.v1.Enrollment/EnrollAgent", body, headers: ("grpc-encoding", "gzip"))
                : await client.PostAsync(_controller, "fleet.v1.Enrollment/EnrollAgent", body);
            reply.Status.ShouldNotBeNull($"round {round}: {Convert.ToHexString(body)}");
        }

        await ShouldServeAsync();
        _lines.All.ShouldAllBe(line => line.Level < LogLevel.Error && line.Failure == null || line.Level < LogLevel.Warning);
    }

    [Fact]
    public async Task What_an_error_says_travels_in_printable_ASCII_and_arrives_as_it_was()
    {
        var (_, admin) = await _controller.EnrollOperatorAsync("ada", OperatorRole.Admin);
        var request = new V1.RevokeTokenRequest { Id = "50% ☺ 😈" };

        using var client = RawCall.Client(_controller, admin);
        var raw = await client.PostAsync(_controller, "fleet.v1.Tokens/RevokeToken", RawCall.Frame(request.ToByteArray()));
        raw.Message.ShouldNotBeNull().ShouldAllBe(c => c >= ' ' && c <= '~');
        raw.Message.ShouldContain("50%25 %E2%98%BA %F0%9F%98%88");

        var told = await Should.ThrowAsync<RpcException>(
            new V1.Tokens.TokensClient(_controller.Connect(admin)).RevokeTokenAsync(request).ResponseAsync.WaitAsync(TimeLimit.Default));
        told.Status.Detail.ShouldContain("50% ☺ 😈");
    }

    private async Task ShouldServeAsync()
    {
        await new V1.Enrollment.EnrollmentClient(_controller.Connect()).GetTrustAsync(new V1.GetTrustRequest()).ResponseAsync.WaitAsync(TimeLimit.Default);
        _lines.All.Where(line => line.Level >= LogLevel.Warning && line.Failure is not null).ShouldBeEmpty();
    }

    private sealed record Line(LogLevel Level, string Text, Exception? Failure);

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<Line> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue(new Line(logLevel, formatter(state, exception), exception));

        public void Dispose()
        {
        }
    }
}
