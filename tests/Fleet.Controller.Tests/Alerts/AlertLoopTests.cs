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
        var (registry, signal) = (await RegistryAsync(store.Store, rule => rule.Count = 5), new JudgeSignal());

        // Every few reports a new life of the controller, over what the last one left.
        var sent = 0;
        for (var life = 0; life < 4; life++)
        {
            using var stop = new CancellationTokenSource();
            var loop = new AlertLoop(faulty, registry, new SilenceBook(), signal, new DeliverySignal(), time, NullLogger<AlertLoop>.Instance).RunAsync(stop.Token);
            for (var report = 0; report < Reports / 4; report++)
            {
                var hits = Enumerable.Range(0, chance.Next(1, 8)).Select(_ => SomeScans.Hit("oom", ++sent, at: time.GetUtcNow())).ToArray();
                await store.Store.Findings.AppendAsync([.. hits.Select(hit => FindingMessages.Of(hit, "a-1", "web1", time.GetUtcNow()))], time.GetUtcNow(), None);
                signal.Set();
                time.Advance(TimeSpan.FromMilliseconds(chance.Next(400)));
                await Task.Yield();
            }

            if (life == 3)
                await JudgedAsync(store.Store, time, signal, sent);
            await stop.CancelAsync();
            await loop.WaitAsync(TestController.Patience);
        }

        var alert = (await store.Store.Alerts.ListAsync(true, null, 10, None)).ShouldHaveSingleItem();
        (alert.State, alert.Count).ShouldBe((AlertState.Firing, sent));
        (await store.Store.Alerts.DeliveriesOfAsync([alert.Id], None)).ShouldHaveSingleItem().Delivery.Occasion.ShouldBe("firing");
    }

    private static async Task JudgedAsync(IFleetStore store, ManualTime time, JudgeSignal signal, int sent)
    {
        using var limit = new CancellationTokenSource(TestController.Patience);
        while ((await store.Alerts.LoadAsync(None)).JudgedUpTo < sent)
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
