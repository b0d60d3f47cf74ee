using Fleet.Controller.Tests.Link;
using Fleet.Controller.Tests.Scans;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Hits;

/// <summary>What agents report is stored once, and found again.</summary>
public sealed class HitsServiceTests
{
    private static readonly DateTimeOffset s_start = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);

    public static TheoryData<string, Action<ScanReport>> BadReports => new()
    {
        { "number and spool_id", report => report.Number = 0 },
        { "number and spool_id", report => report.SpoolId = "" },
        { "a hit's id", report => report.Hits[0].Id = ByteString.Empty },
        { "names no scan", report => report.Hits[0].Scan = "" },
        { "too long", report => report.Hits[0].Text = ByteString.CopyFrom(new byte[9000]) },
        { "count is out of range", report => report.Summaries.Add(new HitSummary { Id = SomeScans.Id(9), Scan = "oom" }) },
        { "a gap's id", report => report.Gaps.Add(new ScanGap { Scan = "oom" }) },
    };

    [Fact]
    public async Task A_report_that_comes_twice_is_stored_once_and_acknowledged_twice()
    {
        await using var controller = await TestController.StartAsync();
        var record = await controller.EnrollAsync("web1");
        Hit[] hits = [.. Enumerable.Range(1, 50).Select(id => SomeScans.Hit("oom", id, $"line {id}", s_start.AddSeconds(id)))];
        await using (var agent = await ScriptedAgent.LinkAsync(controller, record))
            await agent.ReportAsync(1, hits);
        await using (var again = await ScriptedAgent.LinkAsync(controller, record))
            await again.ReportAsync(1, hits.Append(SomeScans.Hit("oom", 51, "line 51", s_start.AddSeconds(51))));
        await using var other = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web2"));
        await other.ReportAsync(1, hits[..1]);

        var found = await SomeScans.SearchAsync(controller, new SearchHitsRequest { Scans = { "oom" } });

        found.Hits.Count.ShouldBe(52);
        found.Hits[0].Hit.Text.ToStringUtf8().ShouldBe("line 51");
        found.Hits.Last(hit => hit.AgentName == "web1").Hit.ShouldBe(hits[0]);
        found.Truncated.ShouldBeFalse();
    }

    [Fact]
    public async Task Pages_follow_one_another_without_a_hole_where_many_lines_have_one_time()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await agent.ReportAsync(1, Enumerable.Range(1, 1000).Select(id => SomeScans.Hit("oom", id, $"{id}", s_start.AddSeconds(id / 300))));

        var found = await SomeScans.SearchAsync(controller, new SearchHitsRequest { Limit = 950 });

        found.Hits.Select(hit => hit.Hit.Text.ToStringUtf8()).ShouldBe(Enumerable.Range(51, 950).Reverse().Select(id => $"{id}"));
        found.Truncated.ShouldBeTrue();
        (await SomeScans.SearchAsync(controller, new SearchHitsRequest { Limit = 1000 })).Truncated.ShouldBeFalse();
    }

    [Fact]
    public async Task Summaries_and_gaps_come_back_as_they_were_reported_and_count()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var time = s_start.ToUnixTimeMilliseconds() * 1000;
        var summary = new HitSummary
        {
            Id = SomeScans.Id(7), Scan = "oom", Pattern = "oom", Severity = Severity.Error, Template = "Out of memory: killed process <*>",
            Count = 1_000_000, FirstUs = time - 5, LastUs = time, Examples = { ByteString.CopyFromUtf8("one"), ByteString.CopyFromUtf8("two") },
        };
        var gap = new ScanGap { Id = SomeScans.Id(8), Scan = "oom", Source = "/var/log/app.log", Cause = "rotated away", SinceUs = time, UntilUs = time + 9, LostBytes = 12 };
        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1)]);
        await agent.ReportAsync(2, [], report =>
        {
            report.Summaries.Add(summary);
            report.Gaps.Add(gap);
        });

        var found = await SomeScans.SearchAsync(controller, new SearchHitsRequest { Severity = Severity.Critical, Patterns = { "other" } });
        found.Gaps.Single().Gap.ShouldBe(gap);
        found.Hits.Count.ShouldBe(0);
        (await SomeScans.SearchAsync(controller, new SearchHitsRequest())).Summaries.Single().Summary.ShouldBe(summary);
        var counted = await SomeScans.SearchAsync(controller, new SearchHitsRequest { Clusters = true });
        counted.Clusters.Single().Count.ShouldBe(1_000_001ul);
        counted.Gaps.Single().AgentName.ShouldBe("web1");
    }

    [Fact]
    public async Task Following_shows_what_was_there_in_the_window_and_then_every_hit_as_it_comes()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1, "first", s_start), SomeScans.Hit("disk", 2, "other", s_start)]);
        var (channel, headers) = controller.AsOperator();
        using var _ = channel;
        using var call = new V1.Hits.HitsClient(channel).SearchHits(
            new SearchHitsRequest { Follow = true, Scans = { "oom" }, SinceMs = (s_start - TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds() }, headers);
        var texts = new List<string>();

        await ReadAsync(1);
        for (var id = 3; id <= 12; id++)
            await agent.ReportAsync((ulong)id, [SomeScans.Hit("oom", id, $"{id}"), SomeScans.Hit("disk", id + 100)]);
        await ReadAsync(11);

        texts.ShouldBe(["first", .. Enumerable.Range(3, 10).Select(id => $"{id}")]);

        async Task ReadAsync(int count)
        {
            while (texts.Count < count)
            {
                (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience)).ShouldBeTrue();
                texts.AddRange(call.ResponseStream.Current.Hits.Select(hit => hit.Hit.Text.ToStringUtf8()));
            }
        }
    }

    [Fact]
    public async Task Only_the_hosts_that_are_asked_for_are_searched()
    {
        await using var controller = await TestController.StartAsync();
        await using var one = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await using var two = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("db1"));
        await one.ReportAsync(1, [SomeScans.Hit("oom", 1, "Killed by the kernel")]);
        await two.ReportAsync(1, [SomeScans.Hit("oom", 1, "killed by hand")]);

        (await SomeScans.SearchAsync(controller, new SearchHitsRequest { Target = new TargetSelection { Expression = "web*" }, Text = "KILLED" }))
            .Hits.Single().AgentName.ShouldBe("web1");
        (await SomeScans.SearchAsync(controller, new SearchHitsRequest { Text = "by hand" })).Hits.Single().AgentName.ShouldBe("db1");
        var refusal = await Should.ThrowAsync<RpcException>(() => SomeScans.SearchAsync(controller, new SearchHitsRequest { Follow = true, Clusters = true }));
        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    [Theory]
    [MemberData(nameof(BadReports))]
    public async Task A_report_with_a_bad_field_ends_the_link_and_leaves_nothing(string named, Action<ScanReport> spoil)
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var report = new ScanReport { Number = 1, SpoolId = "spool-1", Hits = { SomeScans.Hit("oom", 1) } };
        spoil(report);

        await agent.SayAsync(new AgentMessage { ScanReport = report });

        var status = await agent.EndAsync();
        status.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        status.Detail.ShouldContain(named);
        (await SomeScans.SearchAsync(controller, new SearchHitsRequest())).Hits.ShouldBeEmpty();
    }
}
