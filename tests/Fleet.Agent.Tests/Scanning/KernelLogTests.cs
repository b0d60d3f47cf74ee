using Fleet.Agent.Tailing;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>The real ring buffer of the kernel, followed by scans and by tails.</summary>
public sealed class KernelLogTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly string _mark = $"fleet-test-{Guid.NewGuid():n}";

    [KernelLogFact]
    public async Task A_scan_finds_what_is_written_from_now_on_once_also_after_it_was_killed()
    {
        using var bench = new ScanBench();
        await KernelLogFactAttribute.WriteAsync($"{_mark} before");
        var order = ScanBench.Order("/none", pattern: _mark);
        order.Sources.Clear();
        order.Sources.Add(new LogSource { Kernel = new KernelLogSource() });
        bench.Apply(order);
        bench.Run();
        await KernelLogFactAttribute.WriteAsync($"{_mark} first");
        await UntilAsync(bench, 1);
        bench.Kill();
        await KernelLogFactAttribute.WriteAsync($"{_mark} second");
        await UntilAsync(bench, 2);
        bench.Kill();
        bench.Run();
        bench.Deliver();

        bench.Hits.Values.Select(hit => hit.Text.ToStringUtf8().Split(' ')[^1]).ShouldBe(["first", "second"], ignoreOrder: true);
        var hit = bench.Hits.Values.First();
        (hit.Source, hit.Unit).ShouldBe(("kernel", "kernel"));
        hit.Text.ToStringUtf8().ShouldContain($" kernel info: {_mark}");
        bench.Gaps.ShouldBeEmpty();
    }

    [KernelLogFact]
    public async Task A_tail_shows_what_is_written_from_now_on_once()
    {
        using var news = new SemaphoreSlim(0);
        await using var feed = new TailFeed("boot", TimeProvider.System, () => news.Release(), NullLogger.Instance);
        feed.Start(new StartTail
        {
            TailId = "t1",
            Order = new TailOrder { Sources = { new LogSource { Kernel = new KernelLogSource() } }, Patterns = { new LogPattern { Name = "p", Text = _mark } } },
        });
        feed.Grant(new TailCredit { TailId = "t1", Bytes = 100_000 });
        using var limit = new CancellationTokenSource(s_limit);
        // Its first word says that it follows.
        (await NextAsync()).Lines.ShouldBeEmpty();
        await KernelLogFactAttribute.WriteAsync($"{_mark} first");
        await KernelLogFactAttribute.WriteAsync($"{_mark} last");
        var texts = new List<string>();
        while (texts.Count == 0 || !texts[^1].EndsWith("last", StringComparison.Ordinal))
            texts.AddRange((await NextAsync()).Lines.SelectMany(lines => lines.Lines.Lines).Select(line => line.Text.ToStringUtf8()));

        texts.Select(text => text[text.IndexOf(_mark, StringComparison.Ordinal)..]).ShouldBe([$"{_mark} first", $"{_mark} last"]);

        async Task<TailOutput> NextAsync()
        {
            AgentMessage? message;
            while ((message = feed.TryTake()) is null)
                await news.WaitAsync(limit.Token);
            message.TailOutput.Ended.ShouldBe("");
            return message.TailOutput;
        }
    }

    // The kernel hands out what was written when it sees fit.
    private static async Task UntilAsync(ScanBench bench, int hits)
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (bench.Hits.Count < hits)
        {
            limit.Token.ThrowIfCancellationRequested();
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            bench.Run();
            bench.Deliver();
            await Task.Delay(10, CancellationToken.None);
        }
    }
}
