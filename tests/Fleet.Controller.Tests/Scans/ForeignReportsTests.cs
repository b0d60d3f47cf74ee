using Fleet.Controller.Agents;
using Fleet.Controller.Scans;
using Fleet.Controller.Tests.Alerts;
using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;
using Fleet.Storage;
using Google.Protobuf;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Scans;

/// <summary>What an agent says of scans that it does not have, and more than it may say.</summary>
public sealed class ForeignReportsTests
{
    [Fact]
    public async Task A_hit_of_a_scan_that_the_agent_was_never_given_is_shown_as_such_and_raises_no_alert()
    {
        await using var controller = await TestController.StartAsync();
        var (web, forger) = (await controller.EnrollAsync("web1"), await controller.EnrollAsync("forger"));
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("only1", "web1"));
        await using var other = await ScriptedAgent.LinkAsync(controller, forger);
        await using var agent = await ScriptedAgent.LinkAsync(controller, web);

        await other.ReportAsync(1, [SomeScans.Hit("only1", 1, "forged")]);
        await agent.ReportAsync(1, [SomeScans.Hit("only1", 2, "true")]);

        var alert = (await SomeScans.AlertsAsync(controller, alerts => alerts.Count > 0)).ShouldHaveSingleItem();
        (alert.AgentName, alert.Count).ShouldBe(("web1", 1UL));
        var hits = await SomeScans.SearchAsync(controller, new SearchHitsRequest());
        hits.Hits.Select(hit => (hit.AgentName, hit.NotAssigned)).ShouldBe([("web1", false), ("forger", true)], ignoreOrder: true);
        (await AgentAsync(controller, "forger")).FindingsNotAssigned.ShouldBe(1UL);
    }

    [Fact]
    public async Task Hits_of_a_scan_that_there_never_was_are_dropped_and_counted()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));

        await agent.ReportAsync(1, [SomeScans.Hit("made-up", 1), SomeScans.Hit("oom", 2)]);

        (await SomeScans.SearchAsync(controller, new SearchHitsRequest())).Hits.ShouldHaveSingleItem().Hit.Scan.ShouldBe("oom");
        (await AgentAsync(controller, "web1")).FindingsUnknownScan.ShouldBe(1UL);
    }

    [Fact]
    public async Task An_agent_that_was_away_while_its_scan_was_taken_from_it_still_tells_what_it_found_by_it()
    {
        await using var controller = await TestController.StartAsync();
        var web = await controller.EnrollAsync("web1");
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("logins", "web1"));
        string digest;
        await using (var before = await ScriptedAgent.LinkAsync(controller, web))
            digest = (await before.ScanSetAsync()).Digest;
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("logins", "web[2-9]"));
        await controller.RestartAsync();

        await using var back = ScriptedAgent.Open(controller, (await controller.Store.Agents.GetAsync(web.Id, CancellationToken.None))!);
        var hello = back.Hello();
        hello.Hello.ScanSetDigest = digest;
        await back.SayAsync(hello);
        await back.ReportAsync(1, [SomeScans.Hit("logins", 1)]);

        (await SomeScans.AlertsAsync(controller, alerts => alerts.Count > 0)).ShouldHaveSingleItem().Scan.ShouldBe("logins");
    }

    [Fact]
    public async Task A_revision_that_was_never_sent_is_not_the_agents_scan()
    {
        await using var controller = await TestController.StartAsync();
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("logins"));
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var hit = SomeScans.Hit("logins", 1);
        hit.ScanRevision = ulong.MaxValue;

        await agent.ReportAsync(1, [hit]);

        (await SomeScans.SearchAsync(controller, new SearchHitsRequest())).Hits.ShouldHaveSingleItem().NotAssigned.ShouldBeTrue();
    }

    [Fact]
    public void What_is_read_long_after_another_set_was_sent_does_not_count()
    {
        var book = new AssignmentRegistry();
        var now = SomeRules.Start;
        var scan = KnownScan.Read(new ScanRecord
        {
            Name = "oom", Revision = 7, Definition = SomeScans.Scan("oom").ToByteArray(), ChangedAt = now, ChangedBy = "ann",
        });
        book.Give("a-1", [scan], now).ShouldBeTrue();
        book.Give("a-1", [scan], now).ShouldBeFalse();
        book.Had("a-1", "oom", 7, now.AddYears(1)).ShouldBeTrue();
        book.Had("a-1", "oom", 8, now).ShouldBeFalse();
        book.Had("a-2", "oom", 7, now).ShouldBeFalse();

        book.Give("a-1", [], now).ShouldBeTrue();

        book.Had("a-1", "oom", 7, now - TimeSpan.FromDays(2)).ShouldBeTrue("it was read before, and told late");
        book.Had("a-1", "oom", 7, now + AssignmentRegistry.Grace).ShouldBeTrue();
        book.Had("a-1", "oom", 7, now + AssignmentRegistry.Grace + TimeSpan.FromSeconds(1)).ShouldBeFalse();
        book.Knows("a-1", "oom").ShouldBeTrue();
    }

    [Fact]
    public async Task More_than_an_agent_may_report_is_slowed_down_and_nothing_of_it_is_lost()
    {
        await using var controller = await TestController.StartAsync(agents: new AgentsOptions { MaxHitsPerMinute = 6000 });
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var began = TimeProvider.System.GetTimestamp();

        await agent.ReportAsync(1, Enumerable.Range(1, 6100).Select(id => SomeScans.Hit("oom", id, "x")));

        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(900), "a hundred more than a minute's worth take a second");
        (await SomeScans.SearchAsync(controller, new SearchHitsRequest { Limit = 10_000 })).Hits.Count.ShouldBe(6100);
        var shown = await AgentAsync(controller, "web1");
        shown.HitsPerMinute.ShouldBe(6100U);
        shown.HitsSlowedSinceMs.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Who_does_not_wait_for_the_acknowledgement_has_the_surplus_counted()
    {
        await using var controller = await TestController.StartAsync(agents: new AgentsOptions { MaxHitsPerMinute = 60 });
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var reports = Enumerable.Range(1, 8).Select(number => new ScanReport
        {
            Number = (ulong)number, SpoolId = "spool-1", Hits = { Enumerable.Range(number * 1000, 1000).Select(id => SomeScans.Hit("oom", id, "x")) },
        }).ToArray();

        foreach (var report in reports)
            await agent.SayAsync(new AgentMessage { ScanReport = report });
        await Eventually.Async(async () => (await CountAsync(controller)).Lines == 8000);
        // Sent once more, as after a cut: what was counted is not counted again.
        await agent.SayAsync(new AgentMessage { ScanReport = reports[^1] });
        (await agent.ExpectAsync(ControllerMessage.MessageOneofCase.ScanReportAck)).ScanReportAck.Number.ShouldBe(8UL, "at once: nothing of it was stored again");

        var (lines, hits) = await CountAsync(controller);
        lines.ShouldBe(8000);
        hits.ShouldBeInRange(4000, 4200);
    }

    [Fact]
    public async Task One_scan_of_an_agent_does_not_hold_up_the_others()
    {
        await using var controller = await TestController.StartAsync(agents: new AgentsOptions { MaxHitsPerMinute = 600, MaxHitsPerMinutePerScan = 60 });
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("loud"), SomeScans.Scan("quiet"));
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        ScanReport Report(int number, string scan, int hits) => new()
        {
            Number = (ulong)number, SpoolId = "spool-1", Hits = { Enumerable.Range(number * 1000, hits).Select(id => SomeScans.Hit(scan, id, "x")) },
        };

        // More than the agent may report within a minute, of one scan; and on and on. Then something of another.
        for (var number = 1; number <= 20; number++)
            await agent.SayAsync(new AgentMessage { ScanReport = Report(number, "loud", 500) });
        await agent.SayAsync(new AgentMessage { ScanReport = Report(21, "quiet", 50) });

        await Eventually.Async(async () => (await CountAsync(controller)).Lines == 10_050);
        var quiet = await SomeScans.SearchAsync(controller, new SearchHitsRequest { Scans = { "quiet" }, Limit = 10_000 });
        (quiet.Hits.Count, quiet.Summaries.Count).ShouldBe((50, 0), "one by one");
        var loud = await SomeScans.SearchAsync(controller, new SearchHitsRequest { Scans = { "loud" }, Limit = 10_000 });
        // Two reports until the agent is slowed, and then what its rate gives it: nothing in so short a time.
        loud.Hits.Count.ShouldBeInRange(1000, 1120);

        // Sent again after a cut, in whatever way they were stored: nothing counts twice.
        foreach (var (number, scan, hits) in new[] { (1, "loud", 500), (2, "loud", 500), (20, "loud", 500), (21, "quiet", 50) })
            await agent.SayAsync(new AgentMessage { ScanReport = Report(number, scan, hits) });
        await agent.SayAsync(new AgentMessage { ScanReport = Report(22, "quiet", 1) });
        await Eventually.Async(async () => (await CountAsync(controller)).Lines >= 10_051);
        (await CountAsync(controller)).Lines.ShouldBe(10_051);
    }

    [Fact]
    public async Task Times_and_severities_that_are_none_are_not_kept_and_texts_are_cleaned()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        var hit = SomeScans.Hit("oom", 1);
        (hit.TimeUs, hit.SeenUs, hit.Severity) = (1L << 62, -5, (Severity)77);
        (hit.Pattern, hit.Source, hit.Unit, hit.Template) = ("a\u001b[2J", "/var\u202e/log", "u\u200bnit", "t\nt");

        await agent.ReportAsync(1, [hit]);

        var stored = (await SomeScans.SearchAsync(controller, new SearchHitsRequest())).Hits.ShouldHaveSingleItem().Hit;
        (stored.TimeUs, stored.SeenUs, stored.Severity).ShouldBe((0L, 0L, Severity.Warning));
        (stored.Pattern, stored.Source, stored.Unit, stored.Template).ShouldBe(("a [2J", "/var\ufffd/log", "u\ufffdnit", "t t"));
    }

    private static async Task<(long Lines, int Hits)> CountAsync(TestController controller)
    {
        var found = await SomeScans.SearchAsync(controller, new SearchHitsRequest { Limit = 10_000 });
        return (found.Hits.Count + found.Summaries.Sum(summary => (long)summary.Summary.Count), found.Hits.Count);
    }

    private static Task<Agent> AgentAsync(TestController controller, string name) => SomeScans.CallAsync(
        controller, (channel, headers) => new V1.Agents.AgentsClient(channel).GetAgentAsync(new GetAgentRequest { Name = name }, headers).ResponseAsync);
}
