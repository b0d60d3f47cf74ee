using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Fleet.Controller.Tests.Link;

/// <summary>What an agent can make the controller write into its log.</summary>
public sealed class LinesOfAgentsTests
{
    [Fact]
    public async Task Thousands_of_records_of_unknown_tasks_are_one_line_and_all_are_acknowledged()
    {
        using var log = new Lines();
        await using var controller = await TestController.StartAsync(log: log);
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var job = JobId.New(TimeProvider.System.GetUtcNow());

        for (var message = 0; message < 3; message++)
        {
            var first = 1 + (message * 200);
            await agent.SendAsync([.. Enumerable.Range(first, 200).Select(n => ScriptedAgent.Output($"{job}.{n}", 1, "x"))]);
            for (var answers = 0; answers < 200;)
            {
                var answer = await agent.NextAsync();
                answers += answer.CancelTask is null ? 0 : 1;
            }
        }

        log.Of("web1 sent records of 200 tasks that are not open here").ShouldBe(1);
        log.Of("arrived after the task's end").ShouldBe(0);
    }

    [Fact]
    public async Task Requests_for_certificates_that_come_too_fast_and_links_that_break_the_protocol_are_one_line_each()
    {
        using var log = new Lines();
        await using var controller = await TestController.StartAsync(log: log);
        var enrolled = await controller.EnrollAsync("web1");
        using var key = SigningRequest.NewKey();
        var csr = ByteString.CopyFrom(SigningRequest.Create(key, "web1"));
        for (var link = 0; link < 15; link++)
        {
            await using var agent = await ScriptedAgent.LinkAsync(controller, enrolled);
            for (var i = 0; i < 20; i++)
                await agent.SayAsync(new AgentMessage { CertificateRequest = new CertificateRequest { Csr = csr } });
            await agent.SayAsync(agent.Hello());
            (await agent.EndAsync()).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        }

        log.Of("requests certificates too often").ShouldBe(1);
        log.Of("violated the protocol; session").ShouldBe(1);
        log.Of("web1 connected").ShouldBe(10);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly List<string> _all = [];
        private readonly Lock _lock = new();

        public int Of(string text)
        {
            lock (_lock)
                return _all.Count(line => line.Contains(text, StringComparison.Ordinal));
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lock)
                _all.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
