using Fleet.Controller.Scans;
using Fleet.Controller.Tests.Alerts;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Controller.Upkeep;
using Fleet.Storage;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Scans;

public sealed class HitRetentionTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset s_now = SomeRules.Start;

    [Fact]
    public async Task Each_scan_keeps_its_hits_as_long_as_it_says_and_what_was_not_judged_stays()
    {
        await using var store = await TestStore.OpenAsync(TimeProvider.System);
        var registry = new ScanRegistry();
        var longer = SomeScans.Scan("long", change: scan => scan.RetentionMs = (long)TimeSpan.FromDays(100).TotalMilliseconds);
        registry.Replace(new ScanCatalog(
            [new ScanRecord { Name = "long", Revision = 1, Definition = longer.ToByteArray(), ChangedAt = s_now, ChangedBy = "ann" }], []));
        await AppendAsync(store, 1, days: 200, "long", "usual", "gone");
        await AppendAsync(store, 2, days: 50, "long", "usual", "gone");
        await AppendAsync(store, 3, days: 1, "long", "usual", "gone");
        var retention = new HitRetention(store.Store, registry, new AssignmentRegistry(), new RetentionOptions(), NullLogger<HitRetention>.Instance);

        await retention.SweepAsync(s_now, None);
        (await LeftAsync(store)).Length.ShouldBe(9);
        await store.Store.Alerts.CommitAsync(new AlertCommit(9, [], []), None);
        await retention.SweepAsync(s_now, None);

        (await LeftAsync(store)).ShouldBe([("long", 2), ("long", 3), ("usual", 3), ("gone", 3)]);
    }

    [Fact]
    public async Task Beyond_the_bound_on_all_hits_the_oldest_go()
    {
        await using var store = await TestStore.OpenAsync(TimeProvider.System);
        for (var i = 1; i <= 30; i++)
            await AppendAsync(store, i, days: 1, "oom");
        await store.Store.Alerts.CommitAsync(new AlertCommit(30, [], []), None);

        await new HitRetention(store.Store, new ScanRegistry(), new AssignmentRegistry(), new RetentionOptions { MaxHits = 4 }, NullLogger<HitRetention>.Instance)
            .SweepAsync(s_now, None);

        (await LeftAsync(store)).Select(hit => hit.Id).ShouldBe([27, 28, 29, 30]);
    }

    [Fact]
    public async Task Switched_off_it_keeps_hits_for_ever_but_for_scans_that_say_how_long()
    {
        await using var store = await TestStore.OpenAsync(TimeProvider.System);
        var registry = new ScanRegistry();
        var shorter = SomeScans.Scan("short", change: scan => scan.RetentionMs = (long)TimeSpan.FromDays(1).TotalMilliseconds);
        registry.Replace(new ScanCatalog(
            [new ScanRecord { Name = "short", Revision = 1, Definition = shorter.ToByteArray(), ChangedAt = s_now, ChangedBy = "ann" }], []));
        await AppendAsync(store, 1, days: 3000, "short", "usual");
        await store.Store.Alerts.CommitAsync(new AlertCommit(2, [], []), None);
        var off = new RetentionOptions { MaxHitAge = null, MaxHits = null, MaxAlertAge = null };

        await new HitRetention(store.Store, registry, new AssignmentRegistry(), off, NullLogger<HitRetention>.Instance).SweepAsync(s_now, None);

        (await LeftAsync(store)).ShouldBe([("usual", 1)]);
    }

    private static Task AppendAsync(TestStore store, int id, int days, params string[] scans) => store.Store.Findings.AppendAsync(
        [.. scans.Select(scan => FindingMessages.Of(SomeScans.Hit(scan, id, at: s_now.AddDays(-days)), "a-1", "web1", s_now))], s_now.AddDays(-days), None);

    private static async Task<(string Scan, int Id)[]> LeftAsync(TestStore store) =>
        [.. (await store.Store.Findings.ReadAsync(new FindingQuery { Order = FindingOrder.Arrival }, None)).Select(stored => (stored.Finding.Scan, (int)stored.Finding.Id[3]))];
}
