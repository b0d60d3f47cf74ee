using System.Text;
using Fleet.Agent.Scanning;
using Fleet.Agent.Scanning.Findings;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Tests.Scanning;

public sealed class ScanEngineTests : IDisposable
{
    private readonly ScanBench _bench = new();

    private string Log => Path.Combine(_bench.Logs, "app.log");

    [Fact]
    public void A_hit_says_what_where_and_when()
    {
        File.WriteAllText(Log, "old hit\n");
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        File.AppendAllText(Log, "2026-11-20T08:00:00Z host1 app[17]: hit number 4711\nmiss\n");
        _bench.Run();
        _bench.Deliver();

        var hit = _bench.Hits.Values.ShouldHaveSingleItem();
        (hit.Scan, hit.Pattern, hit.Severity, hit.Source, hit.Offset).ShouldBe(("scan", "p", Severity.Error, Log, 8UL));
        hit.Id.Length.ShouldBe(16);
        hit.TimeUs.ShouldBe(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000);
        hit.Template.ShouldBe("<*> app[<*>]: hit number <*>");
        hit.Text.ToStringUtf8().ShouldEndWith("hit number 4711");
    }

    [Fact]
    public void A_scan_that_was_killed_goes_on_where_it_was_and_repeats_nothing_under_another_identity()
    {
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        for (var i = 0; i < 20; i++)
        {
            File.AppendAllText(Log, $"hit {i}\n");
            if (i % 3 == 0)
                _bench.Run();
            if (i % 5 == 0)
                _bench.Deliver(acknowledge: i % 10 == 0);
            if (i % 4 == 0)
                _bench.Kill();
        }

        _bench.Run();
        _bench.Deliver();

        _bench.Texts.ShouldBe(Enumerable.Range(0, 20).Select(i => $"hit {i}"), ignoreOrder: true);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Of_a_cut_it_is_told_whether_a_copy_was_made_before(bool copied)
    {
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        File.AppendAllText(Log, "hit 1\nhit 2\n");
        _bench.Run();
        if (copied)
            File.Copy(Log, Log + ".1");
        File.WriteAllText(Log, "");
        _bench.Run();
        _bench.Deliver();

        _bench.Gaps.Values.ShouldHaveSingleItem().MaybeEmpty.ShouldBe(copied);
    }

    [Fact]
    public void The_first_run_reads_so_many_lines_back_and_later_ones_none()
    {
        File.WriteAllText(Log, string.Concat(Enumerable.Range(0, 10).Select(i => $"hit {i}\n")));
        _bench.Apply(ScanBench.Order(Log, firstLines: 3));
        _bench.Run();
        _bench.Kill();
        _bench.Run();
        _bench.Apply(ScanBench.Order(Log, firstLines: 3, revision: 2));
        _bench.Run();
        _bench.Deliver();

        _bench.Texts.ShouldBe(["hit 7", "hit 8", "hit 9"]);
        _bench.Repeats.ShouldBe(0);
    }

    [Fact]
    public void A_glob_follows_files_that_appear_later_from_their_first_line()
    {
        File.WriteAllText(Log, "hit old\n");
        _bench.Apply(ScanBench.Order(Path.Combine(_bench.Logs, "*.log")));
        _bench.Run();
        File.WriteAllText(Path.Combine(_bench.Logs, "new.log"), "hit new\n");
        _bench.Time.Advance(TimeSpan.FromSeconds(11));
        _bench.Run();
        _bench.Kill();
        File.WriteAllText(Path.Combine(_bench.Logs, "newer.log"), "hit newer\n");
        File.Move(Log, Log + ".1");
        _bench.Run();
        _bench.Deliver();

        _bench.Texts.ShouldBe(["hit new", "hit newer"], ignoreOrder: true);
    }

    [Fact]
    public void A_file_that_two_sources_stand_for_is_followed_once()
    {
        var order = ScanBench.Order(Path.Combine(_bench.Logs, "*.log"));
        order.Sources.Add(ScanBench.Order(Log).Sources[0]);
        order.Sources.Add(ScanBench.Order(Log).Sources[0]);
        File.WriteAllText(Log, "");
        _bench.Apply(order);
        _bench.Run();
        File.AppendAllText(Log, "hit 1\n");
        _bench.Run();
        _bench.Deliver();

        _bench.Texts.ShouldBe(["hit 1"]);
        (_bench.Repeats, _bench.Engine.Runs[0].Hits).ShouldBe((0L, 1UL));
    }

    [Fact]
    public void A_storm_is_counted_by_template_with_a_true_count_and_examples()
    {
        _bench.Apply(ScanBench.Order(Log, perMinute: 100));
        _bench.Run();
        var lines = new StringBuilder();
        for (var i = 0; i < 100_000; i++)
            lines.Append(i % 2 == 0 ? $"hit of kind one, number {i}\n" : $"hit of kind two, number {i}\n");
        File.AppendAllText(Log, lines.ToString());
        _bench.Run();
        _bench.Time.Advance(TimeSpan.FromSeconds(6));
        _bench.Run();
        _bench.Deliver();

        _bench.Hits.Count.ShouldBe(100);
        _bench.Counted.ShouldBe(100_000UL);
        _bench.Summaries.Values.Select(summary => summary.Template).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(["hit of kind one, number <*>", "hit of kind two, number <*>"]);
        _bench.Summaries.Values.ShouldAllBe(summary => summary.Examples.Count == 3 && summary.FirstUs > 0 && summary.LastUs >= summary.FirstUs);
    }

    [Fact]
    public void A_storm_that_is_killed_keeps_its_true_count()
    {
        _bench.Apply(ScanBench.Order(Log, perMinute: 10));
        _bench.Run();
        for (var i = 0; i < 30; i++)
        {
            File.AppendAllText(Log, string.Concat(Enumerable.Range(0, 1000).Select(n => $"hit {n}\n")));
            _bench.Pass();
            if (i % 4 == 0)
                _bench.Time.Advance(TimeSpan.FromSeconds(6));
            if (i % 5 == 0)
                _bench.Kill();
        }

        _bench.Run();
        _bench.Time.Advance(TimeSpan.FromSeconds(6));
        _bench.Run();
        _bench.Deliver();

        _bench.Counted.ShouldBe(30_000UL);
    }

    [Fact]
    public void One_storming_source_does_not_keep_the_others_waiting()
    {
        var quiet = Path.Combine(_bench.Logs, "quiet.log");
        _bench.Apply(ScanBench.Order(Log, "storm", perMinute: 1), ScanBench.Order(quiet, "quiet"));
        _bench.Run();
        File.AppendAllText(Log, string.Concat(Enumerable.Repeat("hit and again\n", 3_000_000)));
        File.AppendAllText(quiet, "hit 1\n");
        _bench.Pass();
        _bench.Deliver();

        _bench.Texts.ShouldContain("hit 1");
        _bench.Engine.Runs[0].ReadBytes.ShouldBeLessThan(42_000_000UL);
    }

    [Fact]
    public void An_interval_is_kept_and_a_run_asked_for_is_made_at_once()
    {
        _bench.Apply(ScanBench.Order(Log, everyMs: 60_000));
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        _bench.Run();
        _bench.Engine.Runs[0].Runs.ShouldBe(1UL);
        File.AppendAllText(Log, "hit 1\n");
        _bench.Run();
        _bench.Deliver();
        _bench.Hits.ShouldBeEmpty();

        _bench.Engine.RunNow("scan").ShouldBeTrue();
        _bench.Run();
        _bench.Deliver();
        _bench.Texts.ShouldBe(["hit 1"]);
        File.AppendAllText(Log, "hit 2\n");
        _bench.Time.Advance(TimeSpan.FromSeconds(64));
        _bench.Run();
        _bench.Deliver();
        _bench.Hits.Count.ShouldBe(2);
        _bench.Engine.RunNow("none").ShouldBeFalse();
    }

    [Fact]
    public void A_scan_that_rests_reads_nothing_and_goes_on_where_it_was()
    {
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        var paused = ScanBench.Order(Log, revision: 2);
        paused.Paused = true;
        _bench.Apply(paused);
        File.AppendAllText(Log, "hit 1\n");
        _bench.Run();
        _bench.Deliver();
        _bench.Hits.ShouldBeEmpty();
        _bench.Apply(ScanBench.Order(Log, revision: 3));
        _bench.Run();
        _bench.Deliver();

        _bench.Texts.ShouldBe(["hit 1"]);
    }

    [Fact]
    public void Of_a_scan_that_is_gone_nothing_is_kept()
    {
        _bench.Apply(ScanBench.Order(Log), ScanBench.Order(Log, "other"));
        _bench.Run();
        _bench.Spool.Keys().ShouldContain(key => key.StartsWith("other\t", StringComparison.Ordinal));
        _bench.Apply(ScanBench.Order(Log));
        _bench.Time.Advance(TimeSpan.FromSeconds(11));
        _bench.Run();

        _bench.Spool.Keys().ShouldAllBe(key => key.StartsWith("scan\t", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_read_is_said_and_the_others_are_read()
    {
        var order = ScanBench.Order(Log);
        order.Sources.Insert(0, new LogSource { Journal = new JournalLogSource { Path = Path.Combine(_bench.Logs, "none") } });
        order.Sources.Insert(0, new LogSource { Files = new FileLogSource { Path = Path.Combine(_bench.Logs, "nothing*.txt") } });
        _bench.Apply(order);
        _bench.Run();
        File.AppendAllText(Log, "hit 1\n");
        _bench.Run();
        _bench.Deliver();

        _bench.Texts.ShouldBe(["hit 1"]);
        var states = ScanStatesBuilder.Build(_bench.Engine, _bench.Spool, _bench.Time).Scans.ShouldHaveSingleItem();
        states.Sources.Count(source => source.Error.Length > 0).ShouldBe(2);
        states.Sources.ShouldContain(source => source.Error.Contains("no file matches"));
        states.Sources.ShouldContain(source => source.Error.Contains("no journal"));
        states.Hits.ShouldBe(1UL);
    }

    [Fact]
    public void A_record_of_several_lines_is_one_hit_and_an_unfinished_one_comes_once_it_is_quiet()
    {
        var order = ScanBench.Order(Log, pattern: "Exception");
        order.RecordStart = new LogPattern { Text = "^\\d" };
        _bench.Apply(order);
        _bench.Run();
        File.AppendAllText(Log, "1 request failed\nException: x\n  at y\n2 all is well\n3 again\nException: z\n");
        _bench.Pass();
        _bench.Kill();
        _bench.Pass();
        _bench.Deliver();
        _bench.Texts.ShouldBe(["1 request failed\nException: x\n  at y"]);
        _bench.Time.Advance(TimeSpan.FromSeconds(2));
        _bench.Run();
        _bench.Deliver();

        _bench.Texts.ShouldBe(["1 request failed\nException: x\n  at y", "3 again\nException: z"]);
    }

    [Theory]
    [InlineData("Nov 20 08:00:00 host1 sshd[123]: Failed password for root from 10.0.0.1 port 22 ssh2", "<*> sshd[<*>]: Failed password for root from <*> port <*> ssh<*>")]
    [InlineData("2026-11-20 08:00:00,123 ERROR pool-17 timeout=30s id=deadbeef", "<*> ERROR pool-<*> timeout=<*> id=deadbeef")]
    [InlineData("EXT4-fs error (device sda1): bad block", "EXT<*>-fs error (device sda<*>): bad block")]
    [InlineData("caffeebabe was here", "<*> was here")]
    public void A_template_masks_what_varies(string line, string template) =>
        new HitTemplate("host1.example.org").Of(Encoding.UTF8.GetBytes(line)).ShouldBe(template);

    public void Dispose() => _bench.Dispose();
}
