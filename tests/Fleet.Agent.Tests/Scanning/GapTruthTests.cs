using System.Text.RegularExpressions;
using Fleet.Agent.Scanning.Findings;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>Through orderly ends and changed scans: no gap where nothing was lost, none that is wider than it must be, nothing read twice.</summary>
public sealed class GapTruthTests : IDisposable
{
    private readonly ScanBench _bench = new();

    private string Log => Path.Combine(_bench.Logs, "app.log");

    [Fact]
    public void Files_that_were_read_to_their_end_and_removed_are_no_gaps_after_a_restart()
    {
        _bench.Apply(ScanBench.Order(Path.Combine(_bench.Logs, "*.log")));
        _bench.Run();
        for (var job = 0; job < 30; job++)
            File.WriteAllText(Path.Combine(_bench.Logs, $"job{job}.log"), $"hit {job}\n");
        Look();
        for (var job = 0; job < 9; job++)
            File.Delete(Path.Combine(_bench.Logs, $"job{job}.log"));
        Look();
        // Who has removed files open is looked for once a second.
        Look();
        _bench.Stop();
        Look();
        _bench.Kill();
        Look();
        _bench.Deliver();

        _bench.Hits.Count.ShouldBe(30);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void Files_that_nobody_writes_to_any_more_are_no_gaps_though_the_agent_is_killed_again_soon_after_its_start()
    {
        _bench.Apply(ScanBench.Order(Path.Combine(_bench.Logs, "*.log")));
        _bench.Run();
        for (var job = 0; job < 5; job++)
            File.WriteAllText(Path.Combine(_bench.Logs, $"job{job}.log"), $"hit {job}\n");
        Look();
        _bench.Kill();
        foreach (var file in Directory.GetFiles(_bench.Logs))
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(-10));
        _bench.Run();
        for (var second = 0; second < 5; second++)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
            _bench.Run();
        }

        _bench.Kill();
        foreach (var file in Directory.GetFiles(_bench.Logs))
            File.Delete(file);
        Look();
        _bench.Deliver();

        _bench.Hits.Count.ShouldBe(5);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_log_that_is_closed_some_seconds_after_its_last_line_is_no_gap_when_it_is_removed()
    {
        _bench.Apply(ScanBench.Order(Path.Combine(_bench.Logs, "*.log")));
        _bench.Run();
        using (var job = new FileStream(Log, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            job.Write("hit 1\n"u8);
            job.Flush();
            File.SetLastWriteTimeUtc(Log, File.GetLastWriteTimeUtc(Log).AddSeconds(-10));
            Look();
            Look();
        }

        for (var second = 0; second < 10; second++)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
            _bench.Run();
        }

        _bench.Kill();
        File.Delete(Log);
        Look();
        _bench.Deliver();

        _bench.Texts.ShouldBe(["hit 1"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gap_over_an_orderly_end_begins_with_the_last_look()
    {
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        File.WriteAllText(Log, "hit 1\n");
        _bench.Run();
        await Task.Delay(300);
        Look();
        var looked = TimeProvider.System.GetUtcNow();
        _bench.Stop();
        File.Delete(Log);
        File.WriteAllText(Log, "hit 2\n");
        Look();
        _bench.Deliver();

        var gap = _bench.Gaps.Values.ShouldHaveSingleItem();
        gap.SinceUs.ShouldBeGreaterThan((looked.ToUnixTimeMilliseconds() - 250) * 1000);
    }

    [Fact]
    public void A_log_whose_directory_is_away_while_the_agent_is_restarted_or_a_scan_is_changed_is_neither_lost_nor_read_again()
    {
        var path = Path.Combine(_bench.Logs, "sub", "app.log");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "hit before\n");
        _bench.Apply(ScanBench.Order(path));
        _bench.Run();
        File.AppendAllText(path, "hit 1\n");
        _bench.Run();
        foreach (var revision in new ulong[] { 2, 3 })
        {
            Directory.Move(Path.GetDirectoryName(path)!, Path.Combine(_bench.Logs, "away"));
            if (revision == 2)
                _bench.Kill();
            else
                _bench.Apply(ScanBench.Order(path, revision: revision));
            Look();
            Look();
            _bench.Engine.Runs[0].Logs.ShouldHaveSingleItem().Fault.ShouldBe("its directory is not there");
            Directory.Move(Path.Combine(_bench.Logs, "away"), Path.GetDirectoryName(path)!);
            File.AppendAllText(path, $"hit {revision}\n");
            Look();
        }

        _bench.Deliver();
        _bench.Texts.ShouldBe(["hit 1", "hit 2", "hit 3"]);
        _bench.Gaps.ShouldBeEmpty();
        _bench.Engine.Runs[0].Logs.ShouldHaveSingleItem().Fault.ShouldBe("");
    }

    [Fact]
    public void A_mark_of_the_version_before_is_gone_on_from()
    {
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        File.WriteAllText(Log, "hit 1\n");
        _bench.Run();
        _bench.Stop();
        var key = _bench.Spool.Keys().Single(key => key.EndsWith(Log, StringComparison.Ordinal));
        // As it was written then: two births behind the first bytes, and nothing after them.
        var mark = Regex.Replace(_bench.Spool.Mark(key)!, "@(\\d+)@(\\d+)@\\S* ", "@$1@$2 ");
        mark.ShouldNotBe(_bench.Spool.Mark(key));
        _bench.Spool.Commit(new StagedFindings([KeyValuePair.Create(key, (string?)mark)], [], [], []));
        _bench.Kill();
        File.AppendAllText(Log, "hit 2\n");
        _bench.Run();
        _bench.Deliver();

        _bench.Texts.ShouldBe(["hit 1", "hit 2"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    public void Dispose() => _bench.Dispose();

    private void Look()
    {
        _bench.Time.Advance(TimeSpan.FromSeconds(11));
        _bench.Run();
    }
}
