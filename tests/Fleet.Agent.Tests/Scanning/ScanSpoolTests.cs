using Fleet.Agent.Scanning.Findings;
using Fleet.Agent.Scanning.Spool;
using Fleet.LogSearch.Scans;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using ScanGap = Fleet.Protocol.V1.ScanGap;

namespace Fleet.Agent.Tests.Scanning;

public sealed class ScanSpoolTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private int _made;

    [Fact]
    public void Findings_and_marks_outlive_the_process_with_the_same_numbers()
    {
        string id;
        using (var spool = Open())
        {
            id = spool.Id;
            spool.Commit(Findings(2, mark: "10"));
            spool.Commit(Findings(1, mark: "20"));
        }

        using var again = Open();
        again.Id.ShouldBe(id);
        again.Mark("key").ShouldBe("20");
        again.Read(1).ShouldNotBeNull().Hits.Count.ShouldBe(2);
        var second = again.Read(2).ShouldNotBeNull();
        (second.Number, second.SpoolId, second.Hits.Count).ShouldBe((2UL, id, 1));
        again.Read(3).ShouldBeNull();
        again.Commit(Findings(3, mark: "30"));
        again.Read(3).ShouldBeNull("nothing is sent before it is on the disk");
        again.Flush();
        again.Read(3).ShouldNotBeNull().Hits.Count.ShouldBe(3);
    }

    [Fact]
    public void A_file_cut_at_any_byte_gives_both_a_commits_findings_and_its_mark_or_neither()
    {
        using (var spool = Open())
        {
            spool.Commit(Findings(1, mark: "1"));
            spool.Commit(Findings(1, mark: "2"));
            spool.Commit(Findings(1, mark: "3"));
        }

        var file = Directory.GetFiles(_directory.Path, "*.spool").ShouldHaveSingleItem();
        var whole = File.ReadAllBytes(file);
        var seen = new HashSet<int>();
        var headLength = 8 + BitConverter.ToInt32(whole);
        for (var length = whole.Length; length >= headLength; length -= 7)
        {
            File.WriteAllBytes(file, whole[..length]);
            using var spool = Open();
            var reports = spool.Held.Reports;
            spool.Mark("key").ShouldBe(reports == 0 ? null : reports.ToString(System.Globalization.CultureInfo.InvariantCulture));
            seen.Add(reports);
            spool.Commit(Findings(1, mark: "x"));
            spool.Flush();
            spool.Read((ulong)reports + 1).ShouldNotBeNull();
        }

        seen.Order().ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void What_is_acknowledged_is_deleted_and_its_files_with_it()
    {
        using var spool = Open();
        for (var i = 0; i < 40; i++)
            spool.Commit(Findings(20, text: 5000, mark: $"{i}"));
        spool.Flush();
        Directory.GetFiles(_directory.Path, "*.spool").Length.ShouldBeGreaterThan(2);
        spool.Acknowledge("another", 40);
        spool.Held.Reports.ShouldBe(40);
        spool.Acknowledge(spool.Id, 40);

        (spool.Held, spool.FirstUnacknowledged).ShouldBe(((0L, 0), 41UL));
        Directory.GetFiles(_directory.Path, "*.spool").Length.ShouldBe(1);
        spool.Mark("key").ShouldBe("39");
    }

    [Fact]
    public void Marks_alone_do_not_make_it_grow()
    {
        using var spool = Open();
        for (var i = 0; i < 5000; i++)
            spool.Commit(new StagedFindings([KeyValuePair.Create("key", (string?)new string('m', 1000))], [], [], []));

        Directory.GetFiles(_directory.Path).Sum(file => new FileInfo(file).Length).ShouldBeLessThan(3_000_000);
    }

    [Fact]
    public void Beyond_its_bound_the_oldest_are_counted_by_template_and_none_is_lost()
    {
        const int Commits = 200;
        using (var spool = Open(limit: 4 << 20))
        {
            for (var i = 0; i < Commits; i++)
            {
                spool.Commit(Findings(20, text: 3000, mark: $"{i}", gap: i == 3));
                spool.Flush();
                if (i == 1)
                {
                    spool.NoteSent(1);
                    spool.Read(1).ShouldNotBeNull();
                }
            }

            spool.Held.Bytes.ShouldBeLessThan(5 << 20);
        }

        using var again = Open(limit: 4 << 20);
        var reports = new List<ScanReport>();
        for (var number = again.FirstUnacknowledged; again.IsThere(number); number++)
            reports.Add(again.Read(number).ShouldNotBeNull());
        reports.Select(report => report.Number).ShouldBe(Enumerable.Range(1, reports.Count).Select(i => (ulong)i));
        reports[0].Hits.Count.ShouldBe(20, "what may have been sent stays as it is");
        var hits = reports.Sum(report => report.Hits.Count);
        var summaries = reports.SelectMany(report => report.Summaries).ToList();
        (hits + summaries.Sum(summary => (int)summary.Count)).ShouldBe(Commits * 20);
        summaries.ShouldAllBe(summary => summary.Examples.Count == 3 && summary.Template == "kind" && summary.Severity == Severity.Warning);
        reports.SelectMany(report => report.Gaps).Count().ShouldBe(1);
        reports[^1].Hits.Count.ShouldBe(20, "the newest are still there one by one");
    }

    [Fact]
    public void A_crash_while_the_oldest_are_counted_counts_none_twice()
    {
        using (var spool = Open(limit: 100 << 20))
        {
            for (var i = 0; i < 100; i++)
                spool.Commit(Findings(20, text: 3000, mark: $"{i}"));
        }

        var before = Directory.GetFiles(_directory.Path, "*.spool").ToDictionary(file => file, File.ReadAllBytes);
        using (var spool = Open(limit: 4 << 20))
            spool.Commit(Findings(20, text: 3000, mark: "x"));
        // The files that the summary stands for come back, as if they had not been deleted yet.
        foreach (var (file, bytes) in before.Where(entry => !File.Exists(entry.Key)))
            File.WriteAllBytes(file, bytes);

        using var again = Open(limit: 100 << 20);
        var counted = 0L;
        for (var number = again.FirstUnacknowledged; again.IsThere(number); number++)
        {
            var report = again.Read(number).ShouldNotBeNull();
            counted += report.Hits.Count + report.Summaries.Sum(summary => (long)summary.Count);
        }

        counted.ShouldBe(101 * 20);
        again.Mark("key").ShouldBe("x");
    }

    [Fact]
    public void Findings_that_were_kept_are_not_said_to_have_failed_where_no_new_file_can_be_begun()
    {
        using var spool = Open(limit: 4 << 20);
        // As on a full disk: the next file can be neither made nor replaced.
        var obstacle = Path.Combine(_directory.Path, "0000000002.spool.next");
        Directory.CreateDirectory(Path.Combine(obstacle, "x"));
        for (var i = 0; i < 100; i++)
            spool.Commit(Findings(20, text: 3000, mark: $"{i}"));
        Directory.GetFiles(_directory.Path, "*.spool").ShouldHaveSingleItem();
        spool.Held.Reports.ShouldBe(100);

        Directory.Delete(obstacle, recursive: true);
        spool.Commit(Findings(20, text: 3000, mark: "x"));
        spool.Flush();
        spool.Held.Bytes.ShouldBeLessThan(5 << 20);
        var counted = 0L;
        for (var number = spool.FirstUnacknowledged; spool.IsThere(number); number++)
        {
            var report = spool.Read(number).ShouldNotBeNull();
            counted += report.Hits.Count + report.Summaries.Sum(summary => (long)summary.Count);
        }

        counted.ShouldBe(101 * 20);
        spool.Mark("key").ShouldBe("x");
    }

    [Fact]
    public void A_spool_that_was_lost_has_another_id()
    {
        string id;
        using (var spool = Open())
            id = spool.Id;
        foreach (var file in Directory.GetFiles(_directory.Path))
            File.Delete(file);

        using var again = Open();
        again.Id.ShouldNotBe(id);
        again.FirstUnacknowledged.ShouldBe(1UL);
    }

    [Fact]
    public void Only_its_owner_can_read_it()
    {
        using var spool = Open();
        foreach (var file in Directory.GetFiles(_directory.Path))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => _directory.Dispose();

    private ScanSpool Open(long limit = 32 << 20) => new(_directory.Path, limit, NullLogger<ScanSpool>.Instance);

    private StagedFindings Findings(int hits, string mark, int text = 10, bool gap = false) => new(
        [KeyValuePair.Create("key", (string?)mark)],
        [.. Enumerable.Range(0, hits).Select(_ => new Hit
        {
            Id = HitIds.ToMessage(HitId.Of('t', "", (ulong)++_made, 0, [])),
            Scan = "scan",
            Pattern = "p",
            Severity = Severity.Warning,
            Source = "s",
            Template = "kind",
            TimeUs = _made,
            Text = ByteString.CopyFromUtf8(new string('x', text)),
        })],
        [],
        gap ? [new ScanGap { Id = ByteString.CopyFromUtf8("g"), Scan = "scan" }] : []);
}
