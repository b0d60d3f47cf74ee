using Fleet.Cli.Hits;
using Fleet.Cli.Logs;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Tests.Hits;

public sealed class Hits_shown
{
    [Fact]
    public void Hits_stand_by_host_and_source_in_order_of_time_with_what_is_missing_in_its_place()
    {
        var (screen, text) = Some.Screen();
        var report = new HitBlockReport(screen, new HitHighlighter([SomeHits.Scan()], ""));
        // Newest first, as they come.
        report.Take(new SearchHitsReply { Hits = { SomeHits.Hit("web10", "Killed process 4", 30), SomeHits.Hit("web10", "Killed process 3", 30), SomeHits.Hit("web2", "Killed process 2", 20, cut: true) } });
        report.Take(new SearchHitsReply { Hits = { SomeHits.Hit("web10", "Killed process 1", 10) }, Summaries = { SomeHits.Summary("web10", 4711, 11, 25) }, Gaps = { SomeHits.Gap("web2", 1, 5) }, Truncated = true });
        report.Finish();
        text.ToString().ShouldBe($"""
            --- web2 /var/log/app.log
            oom: lines between {T(1)} and {T(5)} on web2 in /var/log/app.log were lost before they could be read: rotated away (2 KiB)
            --- web2 kernel
            {T(20)} oom/killed Killed process 2 ... (truncated)
            --- web10 kernel
            {T(10)} oom/killed Killed process 1
            {T(25)} oom/killed 4711 more lines like this between {T(11)} and {T(25)}, counted only: Killed process <*>
                e.g. Killed process 9
            {T(30)} oom/killed Killed process 3
            {T(30)} oom/killed Killed process 4
            4 hits, 4711 more lines counted only, on 2 hosts; 1 gap: lines lost before they were read
            fleet: more hits exist (--limit)

            """);
    }

    [Fact]
    public void Hits_are_followed_line_by_line()
    {
        var (screen, text) = Some.Screen();
        var report = new HitStreamReport(screen, new HitHighlighter([], ""));
        report.Take(new SearchHitsReply { Hits = { SomeHits.Hit("web1", "Traceback\n  File \"a.py\"", 10) } });
        report.Take(new SearchHitsReply { Gaps = { SomeHits.Gap("web1", 0, 5, "vacuumed", lostBytes: 0, lostLines: 12) } });
        text.ToString().ShouldBe($"""
            {T(10)} web1 oom/killed Traceback
                |   File "a.py"
            oom: lines between {T(0)} and {T(5)} on web1 in /var/log/app.log were lost before they could be read: vacuumed (12 lines)

            """);
    }

    [Fact]
    public void Clusters_carry_their_true_numbers_the_most_frequent_first()
    {
        var (screen, text) = Some.Screen();
        var report = new HitClusterReport(screen);
        report.Take(new SearchHitsReply
        {
            Clusters =
            {
                new LogCluster { Template = "disk <*>", Count = 2, Example = ByteString.CopyFromUtf8("disk 7") },
                new LogCluster
                {
                    Template = "Killed process <*>", Count = 4713, Example = ByteString.CopyFromUtf8("Killed process 9"), FirstUs = SomeHits.At(1), LastUs = SomeHits.At(2),
                    HostCount = 3, Hosts = { "web2", "db1", "web1" },
                },
            },
        });
        report.Finish();
        text.ToString().ShouldStartWith($"    4713  db1,web[1-2] (3)  {T(1)[..19]} to {T(2)[..19]}\n          Killed process <*>\n          e.g. Killed process 9\n       2  \n");
        text.ToString().ShouldEndWith("4715 hits, on 3 hosts\n");
    }

    [Fact]
    public void What_the_pattern_and_the_words_asked_for_match_is_highlighted()
    {
        var highlighter = new HitHighlighter([SomeHits.Scan(), SomeHits.Scan(name: "newer", regex: "(?=x)")], "OOM");
        highlighter.RangesOf(SomeHits.Hit("a", "oom: Killed process 12 (java)", 0).Hit).ShouldBe([0u, 3u, 5u, 17u]);
        new HitHighlighter([], "").RangesOf(SomeHits.Hit("a", "Killed process 12", 0).Hit).ShouldBeEmpty("its scan is gone");
    }

    [Fact]
    public void A_hit_cannot_write_to_the_operators_terminal()
    {
        var (screen, text) = Some.Screen(terminal: true);
        var report = new HitBlockReport(screen, new HitHighlighter([], ""));
        report.Take(new SearchHitsReply { Hits = { SomeHits.Hit("web1", "\u001b[2J[red]gone[/]", 1) } });
        report.Finish();
        text.ToString().ShouldContain("^[[2J[red]gone[/]\n");
    }

    private static string T(int seconds) => LineTime.Local(SomeHits.At(seconds));
}
