using Fleet.Controller.Alerts;
using Fleet.Controller.Notifications;
using Fleet.Controller.Scans;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Controller.Tests.Link;
using Fleet.Controller.Tests.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Alerts;

public sealed class AlertLoopTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whenever_it_is_torn_away_each_hit_counts_once_and_each_alert_is_told_once(int seed)
    {
        const int Reports = 40;
        await using var store = await TestStore.OpenAsync(TimeProvider.System);
        var (chance, faults) = (new Random(seed), new Random(seed + 100));
        var time = new ManualTime();
        var faulty = new FaultyStore(store.Store, () => (CommitFault)faults.Next(3));
        var (registry, signal) = (await RegistryAsync(store.Store, rule => rule.Count = 5), new EvaluationSignal());

        // Every few reports a new life of the controller, over what the last one left.
        var sent = 0;
        for (var life = 0; life < 4; life++)
        {
            using var stop = new CancellationTokenSource();
            var loop = new AlertLoop(faulty, registry, new SilenceCache(), signal, new DeliverySignal(), time, NullLogger<AlertLoop>.Instance).RunAsync(stop.Token);
            for (var report = 0; report < Reports / 4; report++)
            {
                var hits = Enumerable.Range(0, chance.Next(1, 8)).Select(_ => SomeScans.Hit("oom", ++sent, at: time.GetUtcNow())).ToArray();
                await store.Store.Findings.AppendAsync([.. hits.Select(hit => FindingMessages.Of(hit, "a-1", "web1", time.GetUtcNow()))], time.GetUtcNow(), None);
                signal.Set();
                time.Advance(TimeSpan.FromMilliseconds(chance.Next(400)));
                await Task.Yield();
            }

            if (life == 3)
                await EvaluatedAsync(store.Store, time, signal, sent);
            await stop.CancelAsync();
            await loop.WaitAsync(TestController.Patience);
        }

        var alert = (await store.Store.Alerts.ListAsync(true, null, 10, None)).ShouldHaveSingleItem();
        (alert.State, alert.Count).ShouldBe((AlertState.Firing, sent));
        (await store.Store.Alerts.DeliveriesOfAsync([alert.Id], None)).ShouldHaveSingleItem().Delivery.Status.ShouldBe("firing");
    }

    [Fact]
    public async Task A_judge_that_is_behind_takes_no_alert_for_quiet_whose_lines_it_has_not_read_yet()
    {
        const int Others = 2000;
        await using var store = await TestStore.OpenAsync(TimeProvider.System);
        var time = new ManualTime();
        var (start, signal) = (time.GetUtcNow(), new EvaluationSignal());
        var registry = await RegistryAsync(store.Store, rule => rule.ResolveAfterMs = 10_000);
        var open = new AlertRecord
        {
            Id = "al-1", Scan = "oom", Pattern = "oom", AgentName = "web1", Fingerprint = new AlertKey("oom", "oom", "web1", "").Fingerprint,
            Severity = 3, State = AlertState.Firing, StartedAt = start, FiredAt = start, LastHitAt = start, Count = 1,
        };
        await store.Store.Alerts.CommitAsync(new AlertCommit(null, [open], []), None);
        var loop = new AlertLoop(store.Store, registry, new SilenceCache(), signal, new DeliverySignal(), time, NullLogger<AlertLoop>.Instance);
        // A minute's storm of something else, and within it one line more of this.
        await AppendAsync("other", Enumerable.Range(1, Others), start.AddSeconds(1));
        await AppendAsync("oom", [Others + 1], start.AddSeconds(5));
        time.Advance(TimeSpan.FromMinutes(1));

        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        await EvaluatedAsync(store.Store, time, signal, Others + 1);
        await stop.CancelAsync();
        await running.WaitAsync(TestController.Patience);

        (await store.Store.Alerts.ListAsync(true, null, 10, None)).ShouldHaveSingleItem().Count.ShouldBe(2);

        Task AppendAsync(string scan, IEnumerable<int> ids, DateTimeOffset at) => store.Store.Findings.AppendAsync(
            [.. ids.Select(id => FindingMessages.Of(SomeScans.Hit(scan, id, at: start), "a-1", "web1", at))], at, None);
    }

    private static async Task EvaluatedAsync(IFleetStore store, ManualTime time, EvaluationSignal signal, int sent)
    {
        using var limit = new CancellationTokenSource(TestController.Patience);
        while ((await store.Alerts.LoadAsync(None)).EvaluatedUpTo < sent)
        {
            signal.Set();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, limit.Token);
        }
    }

    private static async Task<ScanRegistry> RegistryAsync(IFleetStore store, Action<AlertRule> change)
    {
        var scan = SomeScans.Scan("oom", change: scan =>
        {
            scan.Alert.Notify.Add("ops");
            // So that it does not resolve while the clock is driven on.
            scan.Alert.ResolveAfterMs = 86_400_000;
            change(scan.Alert);
        });
        var book = await store.Scans.ApplyAsync(
            new ScanChanges { Scans = new Dictionary<string, byte[]> { ["oom"] = scan.ToByteArray() }, At = SomeRules.Start, By = "ann" }, None);
        var registry = new ScanRegistry();
        registry.Replace(book);
        return registry;
    }
}
