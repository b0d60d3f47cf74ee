using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests.Scans;

/// <summary>No line twice and no gap where nothing was lost; a gap, with bounds as close as is known, where something was.</summary>
public sealed class FollowedTruthTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly FollowBench _bench;
    private readonly string _directory;
    private readonly string _log;
    private int _written;

    public FollowedTruthTests()
    {
        _directory = Path.Join(_scratch.Path, "logs");
        Directory.CreateDirectory(_directory);
        _log = Path.Join(_directory, "app.log");
        _bench = new FollowBench(() => Follow(_log));
    }

    // F1: what cannot be opened is not lost.
    [Fact]
    public void A_log_whose_directory_is_away_when_the_agent_starts_is_neither_lost_nor_read_again()
    {
        Write(3);
        _bench.Scan();
        _bench.Restart();
        Directory.Move(_directory, _directory + ".away");
        _bench.TryScan().ShouldBe([]);
        _bench.Fault.ShouldContain("directory");
        _bench.Time.Advance(TimeSpan.FromHours(5));
        _bench.TryScan().ShouldBe([]);
        Directory.Move(_directory + ".away", _directory);
        Write(1);

        _bench.TryScan().ShouldBe(["hit 3"]);
        _bench.Fault.ShouldBe("");
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void Files_that_are_open_are_read_on_while_their_directory_is_away()
    {
        Write(3);
        _bench.Scan();
        Directory.Move(_directory, _directory + ".away");
        File.AppendAllText(Path.Join(_directory + ".away", "app.log"), "hit while away\n");
        _bench.TryScan().ShouldBe(["hit while away"]);
        _bench.Time.Advance(TimeSpan.FromMinutes(10));
        _bench.TryScan().ShouldBe([]);
        Directory.Move(_directory + ".away", _directory);
        Write(1);

        _bench.TryScan().ShouldBe(["hit 3"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    // F3: a generation that came and went while nobody looked.
    [Theory]
    [InlineData("numbers"), InlineData("symbolic link"), InlineData("removed and created")]
    public void A_generation_that_came_and_went_between_two_looks_is_a_gap(string way)
    {
        string current = way == "symbolic link" ? Path.Join(_directory, "cur") : _log;
        _bench.Follow(() => Follow(current));
        Switch(way, 1);
        _bench.Scan().ShouldBe(["hit 1"]);
        DateTimeOffset looked = _bench.Time.GetUtcNow();
        _bench.Time.AwaitBirthAfterNow(_directory);
        Switch(way, 2);
        DateTimeOffset lost = _bench.Time.GetUtcNow();
        _bench.Time.AwaitBirthAfterNow(_directory);
        Switch(way, 3);
        if (way == "numbers")
        {
            _bench.Time.AwaitBirthAfterNow(_directory);
            Switch(way, 4);
        }

        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        _bench.Scan().ShouldBe(way == "numbers" ? ["hit 3", "hit 4"] : ["hit 3"]);
        ScanGap gap = _bench.Gaps.ShouldHaveSingleItem();
        gap.Cause.ShouldBe(GapCause.RotatedAway);
        gap.Since.ShouldBeLessThanOrEqualTo(lost);
        gap.Since.ShouldBeGreaterThanOrEqualTo(looked - TimeSpan.FromSeconds(1));
        gap.Until.ShouldBeInRange(lost, lost + TimeSpan.FromSeconds(11));
        _bench.Scan().ShouldBe([]);
        _bench.Gaps.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("numbers"), InlineData("symbolic link"), InlineData("removed and created")]
    public void One_rotation_that_is_noticed_at_once_is_no_gap_however_long_the_log_was_quiet_before(string way)
    {
        string current = way == "symbolic link" ? Path.Join(_directory, "cur") : _log;
        _bench.Follow(() => Follow(current));
        Switch(way, 1);
        _bench.Scan().ShouldBe(["hit 1"]);
        _bench.Time.AwaitBirthAfterNow(_directory);
        _bench.Time.AwaitBirthAfterNow(_directory);
        Switch(way, 2);

        _bench.Scan().ShouldBe(["hit 2"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    // F4: a change of the first bytes in place.
    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_file_whose_first_bytes_are_changed_in_place_is_still_the_same(bool isRestarted)
    {
        File.AppendAllText(_log, "2026 hit 1\n2026 hit 2\n2026 hit 3\n");
        _bench.Scan().Count.ShouldBe(3);
        using (var header = new FileStream(_log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            header.Write("2027"u8);
        }

        if (isRestarted)
        {
            _bench.Restart();
        }

        _bench.Scan().ShouldBe([]);
        File.AppendAllText(_log, "2026 hit 4\n");
        _bench.Scan().ShouldBe(["2026 hit 4"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    // F5: a writer that has not opened for append leaves a hole after a cut.
    [Theory]
    [InlineData(9_000), InlineData(3_000_000)]
    public void A_hole_before_a_line_is_no_part_of_it(int hole)
    {
        Write(3);
        _bench.Scan();
        using (var cut = new FileStream(_log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            cut.SetLength(0);
            cut.Position = hole;
            cut.Write("hit behind\n"u8);
        }

        _bench.Scan().ShouldBe(["hit behind"]);
        File.AppendAllText(_log, "hit 3\n\0\0\0\0hit 4\n");
        _bench.Scan().ShouldBe(["hit 3", "hit 4"]);
        _bench.Restart();
        _bench.Scan().ShouldBe([]);
        _bench.Gaps.Count.ShouldBe(1);
    }

    [Fact]
    public void Files_that_begin_with_nothing_but_a_hole_are_told_apart_by_what_comes_behind_it()
    {
        WriteBehindHole(_log, "hit one of the first\n");
        _bench.Scan().ShouldBe(["hit one of the first"]);
        _bench.Restart();
        File.Move(_log, _log + ".1");
        WriteBehindHole(_log, "hit one of another\n");

        _bench.Scan().ShouldBe(["hit one of another"]);
        _bench.Restart();
        File.Delete(_log + ".1");
        File.Move(_log, _log + ".1");
        WriteBehindHole(_log, "hit one of a third\n");
        _bench.Scan().ShouldBe(["hit one of a third"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    // F6: gaps where nothing was lost.
    [Fact]
    public void A_file_that_was_read_to_its_end_and_removed_is_no_gap_after_a_restart()
    {
        Write(3);
        _bench.Scan();
        File.Delete(_log);
        _bench.Scan();
        _bench.Time.Advance(TimeSpan.FromSeconds(3));
        _bench.Scan();
        _bench.Restart();

        _bench.Scan().ShouldBe([]);
        Write(1);
        _bench.Scan().ShouldBe(["hit 3"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_gap_begins_with_the_last_look_not_with_the_last_change()
    {
        Write(3);
        _bench.Scan();
        _bench.Time.Advance(TimeSpan.FromSeconds(100));
        _bench.Scan();
        DateTimeOffset looked = _bench.Time.GetUtcNow();
        File.WriteAllText(_log, "hit x\n");
        _bench.Scan().ShouldBe(["hit x"]);

        _bench.Gaps.ShouldHaveSingleItem().Since.ShouldBeGreaterThan(looked - TimeSpan.FromSeconds(5));
    }

    // F7: half a line.
    [Fact]
    public void Half_a_line_waits_while_its_writer_still_has_the_file()
    {
        Write(1);
        var writer = new FileStream(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        writer.Write("hit f n="u8);
        _bench.Scan().ShouldBe(["hit 0"]);
        File.Move(_log, _log + ".1");
        Write(1);
        _bench.Scan().ShouldBe(["hit 1"]);
        _bench.Time.Advance(TimeSpan.FromSeconds(8));
        _bench.Scan().ShouldBe([]);
        writer.Write("2 the rest of the line\n"u8);
        writer.Dispose();
        _bench.Scan().ShouldBe(["hit f n=2 the rest of the line"]);
    }

    public void Dispose()
    {
        _bench.Dispose();
        _scratch.Dispose();
    }

    private FileFollower Follow(string path) =>
        new(path, new LogQuery { Patterns = [new LogPattern("p", "hit")] }, new FollowBuffers(), _bench?.Time ?? TimeProvider.System);

    private void Write(int lines) => File.AppendAllText(_log, string.Concat(Enumerable.Range(_written, lines).Select(_ => $"hit {_written++}\n")));

    private static void WriteBehindHole(string path, string text)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
        file.Position = 6000;
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    /// <summary>One more generation of the log, with one line.</summary>
    private void Switch(string way, int number)
    {
        string line = $"hit {number}\n";
        switch (way)
        {
            case "symbolic link":
                File.WriteAllText(Path.Join(_directory, $"f{number}"), line);
                File.CreateSymbolicLink(Path.Join(_directory, "cur.new"), $"f{number}");
                File.Move(Path.Join(_directory, "cur.new"), Path.Join(_directory, "cur"), overwrite: true);
                return;
            case "numbers":
                // As logrotate with "rotate 1".
                File.Delete(_log + ".1");
                if (File.Exists(_log))
                {
                    File.Move(_log, _log + ".1");
                }

                break;
            default:
                File.Delete(_log);
                break;
        }

        File.WriteAllText(_log, line);
    }
}
