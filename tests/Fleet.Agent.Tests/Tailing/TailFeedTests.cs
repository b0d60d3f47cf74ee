using Fleet.Agent.Tailing;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Tailing;

/// <summary>The tails of a link, over real files.</summary>
public sealed class TailFeedTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();
    private readonly SemaphoreSlim _news = new(0);
    private readonly TailFeed _feed;
    private readonly string _log;

    public TailFeedTests()
    {
        _feed = new TailFeed("boot", TimeProvider.System, () => _news.Release(), NullLogger.Instance);
        _log = Path.Combine(_directory.Path, "app.log");
        File.WriteAllText(_log, "old\n");
    }

    [Fact]
    public async Task Lines_come_for_credit_until_the_tail_is_stopped()
    {
        Start("t1");
        (await NextAsync()).ShouldBe(new TailOutput { TailId = "t1" });
        _feed.Grant(new TailCredit { TailId = "t1", Bytes = 1000 });
        Text(await NextAsync()).ShouldBe("old");
        File.AppendAllText(_log, "new\nhalf");
        Text(await NextAsync()).ShouldBe("new");
        _feed.Stop(new StopTail { TailId = "t1" });
        _feed.Stop(new StopTail { TailId = "t1" });
        _feed.Grant(new TailCredit { TailId = "t1", Bytes = 1000 });
        File.AppendAllText(_log, " a line\n");
        _feed.TryTake().ShouldBeNull();
    }

    [Fact]
    public async Task An_order_that_cannot_be_followed_is_answered_with_the_reason()
    {
        _feed.Start(new StartTail { TailId = "t1" });
        (await NextAsync()).Ended.ShouldContain("0 sources");
        _feed.Start(new StartTail { TailId = "t2", Order = Order(Path.Combine(_directory.Path, "none")) });
        (await NextAsync()).Ended.ShouldContain("none: no such file");
        _feed.Start(new StartTail { TailId = "t3", Order = Order(Path.Combine(_directory.Path, "*.none")) });
        (await NextAsync()).Ended.ShouldContain("no file matches");
        _feed.TryTake().ShouldBeNull();
    }

    [Fact]
    public async Task There_are_no_more_tails_than_the_bound_and_the_same_one_twice_is_one()
    {
        for (var i = 0; i < 8; i++)
            Start($"t{i}");
        Start("t0");
        for (var i = 0; i < 8; i++)
            (await NextAsync()).Ended.ShouldBe("");
        Start("t8");
        (await NextAsync()).Ended.ShouldContain("8 times already");
        _feed.Stop(new StopTail { TailId = "t3" });
        Start("t9");
        (await NextAsync()).ShouldBe(new TailOutput { TailId = "t9" });
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _feed.DisposeAsync().AsTask().WaitAsync(s_limit);

    public void Dispose()
    {
        _directory.Dispose();
        _news.Dispose();
    }

    private void Start(string id) => _feed.Start(new StartTail { TailId = id, Order = Order(_log) });

    private static TailOrder Order(string path) => new() { Sources = { new LogSource { Files = new FileLogSource { Path = path } } }, LastLines = 5 };

    private static string Text(TailOutput output) => output.Lines.ShouldHaveSingleItem().Lines.Lines.ShouldHaveSingleItem().Text.ToStringUtf8();

    private async Task<TailOutput> NextAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        AgentMessage? message;
        while ((message = _feed.TryTake()) is null)
            await _news.WaitAsync(limit.Token);
        return message.TailOutput;
    }
}
