using Fleet.Controller.Tests.Link;
using Fleet.Controller.Tests.Scans;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Controller.Tests.Hits;

/// <summary>Following hits by place: what is replayed is what was live.</summary>
public sealed class HitFollowTests
{
    private static readonly DateTimeOffset s_longAgo = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(2);

    [Fact]
    public async Task From_any_place_on_the_same_hits_come_in_the_same_order_as_live_however_old_their_lines_are()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1, "before")]);
        await using var live = Following.Start(controller, new SearchHitsRequest { Follow = true, Scans = { "oom" } });
        await live.ReadAsync(0);
        // Lines of different ages, the later ones older, with others between them.
        for (var id = 2; id <= 21; id++)
            await agent.ReportAsync((ulong)id, [SomeScans.Hit("oom", id, $"{id}", s_longAgo - TimeSpan.FromHours(id)), SomeScans.Hit("disk", id + 100)]);
        await live.ReadAsync(20);
        live.Texts.ShouldBe(Enumerable.Range(2, 20).Select(id => $"{id}"));

        await controller.RestartAsync();

        foreach (var (cursor, seen) in live.Places)
        {
            await using var again = Following.Start(controller, new SearchHitsRequest { Follow = true, Scans = { "oom" }, AfterCursor = cursor });
            await again.ReadAsync(20 - seen);
            again.Texts.ShouldBe(live.Texts.Skip(seen), cursor);
        }
    }

    [Fact]
    public async Task A_place_stays_good_when_retention_has_deleted_all_that_stood_there()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await using var live = Following.Start(controller, new SearchHitsRequest { Follow = true });
        await live.ReadAsync(0);
        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1, "1"), SomeScans.Hit("oom", 2, "2")]);
        await live.ReadAsync(2);
        await controller.Store.Alerts.CommitAsync(new Storage.AlertCommit(1_000_000, [], []), CancellationToken.None);
        (await controller.Store.Findings.DeleteBeyondAsync(0, 100, CancellationToken.None)).ShouldBe(2);

        await using var again = Following.Start(controller, new SearchHitsRequest { Follow = true, AfterCursor = live.Places[^1].Cursor });
        await again.ReadAsync(0);
        await agent.ReportAsync(2, [SomeScans.Hit("oom", 3, "3")]);
        await again.ReadAsync(1);
        again.Texts.ShouldBe(["3"]);
    }

    [Theory]
    [InlineData("h1-999999", StatusCode.OutOfRange)]
    [InlineData("h1--1", StatusCode.InvalidArgument)]
    [InlineData("12", StatusCode.InvalidArgument)]
    public async Task A_place_that_is_none_is_refused(string cursor, StatusCode status)
    {
        await using var controller = await TestController.StartAsync();

        (await RefusalAsync(new SearchHitsRequest { Follow = true, AfterCursor = cursor })).ShouldBe(status);
        (await RefusalAsync(new SearchHitsRequest { AfterCursor = cursor })).ShouldBe(StatusCode.InvalidArgument);

        async Task<StatusCode> RefusalAsync(SearchHitsRequest request) =>
            (await Should.ThrowAsync<RpcException>(() => SomeScans.SearchAsync(controller, request))).StatusCode;
    }

    [Fact]
    public async Task Clusters_say_on_which_hosts()
    {
        await using var controller = await TestController.StartAsync();
        foreach (var (name, lines) in new[] { ("web1", 3), ("web2", 1), ("db1", 2) })
        {
            await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync(name));
            await agent.ReportAsync(1, Enumerable.Range(1, lines).Select(id => SomeScans.Hit("oom", id)));
        }

        var cluster = (await SomeScans.SearchAsync(controller, new SearchHitsRequest { Clusters = true })).Clusters.ShouldHaveSingleItem();

        (cluster.Count, cluster.HostCount).ShouldBe((6ul, 3u));
        cluster.Hosts.Order(StringComparer.Ordinal).ShouldBe(["db1", "web1", "web2"]);
    }
}
