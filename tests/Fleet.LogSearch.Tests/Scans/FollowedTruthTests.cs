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
    private readonly FollowBuffers _buffers = new();
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

    [Theory]
    [InlineData("Permission denied"), InlineData("Transport endpoint is not connected"), InlineData("Stale file handle"), InlineData("Input/output error")]
    public void A_log_whose_status_cannot_be_had_is_not_lost(string fault)
    {
        Write(3);
        _bench.Scan();
        _bench.Restart();
        _buffers.Failing = path => path == _log ? fault : "";
        _bench.TryScan().ShouldBe([]);
        _bench.Fault.ShouldBe(fault);
        _buffers.Failing = null;
        Write(1);

        _bench.TryScan().ShouldBe(["hit 3"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_log_that_may_not_be_opened_is_not_lost_even_when_it_is_rotated_meanwhile(bool isRotated)
    {
        Write(3);
        _bench.Scan();
        _bench.Restart();
        string closed = _log;
        _buffers.Denying = path => path == closed ? new UnauthorizedAccessException() : null;
        _bench.TryScan().ShouldBe([]);
        _bench.Fault.ShouldBe("no permission to read it");
        Write(1);
        if (isRotated)
        {
            closed = _log + ".1";
            File.Move(_log, closed);
            Write(1);
            // The older one cannot be read and the newer one is: what is missing in between is said.
            _bench.TryScan().ShouldBe(["hit 4"]);
            _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.RotatedAway);
        }

        _buffers.Denying = null;
        _bench.TryScan().ShouldBe(["hit 3"]);
        _bench.Gaps.Count.ShouldBe(isRotated ? 1 : 0);
        _bench.Fault.ShouldBe("");
    }

    [Fact]
    public void A_log_whose_file_system_is_not_mounted_yet_is_not_lost_for_some_minutes()
    {
        Write(3);
        _bench.Scan();
        _bench.Restart();
        Unmount();
        _bench.TryScan().ShouldBe([]);
        _bench.Fault.ShouldContain("file system");
        _bench.Time.Advance(TimeSpan.FromMinutes(3));
        _bench.TryScan().ShouldBe([]);
        Mount();
        Write(1);
        _bench.TryScan().ShouldBe(["hit 3"]);
        _bench.Gaps.ShouldBeEmpty();

        // One that does not come is lost; should it come after all, nothing of it is read twice.
        _bench.Restart();
        Unmount();
        _bench.TryScan().ShouldBe([]);
        _bench.Time.Advance(TimeSpan.FromMinutes(6));
        _bench.TryScan().ShouldBe([]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.RotatedAway);
        Mount();
        Write(1);
        _bench.TryScan().ShouldBe(["hit 4"]);
        _bench.Gaps.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_file_system_that_is_mounted_under_another_number_has_the_same_files(bool knowsBirths)
    {
        _buffers.Dating = status => status with { BornStamp = knowsBirths ? status.BornStamp : 0 };
        Write(3);
        _bench.Scan();
        _bench.Restart();
        _buffers.Dating = status => status with { BornStamp = knowsBirths ? status.BornStamp : 0, Device = status.Device + 1 };
        Write(1);

        _bench.TryScan().ShouldBe(["hit 3"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_directory_that_does_not_come_back_takes_its_log_with_it_in_the_end_and_once()
    {
        Write(3);
        _bench.Scan();
        _bench.Restart();
        Directory.Move(_directory, _directory + ".away");
        _bench.TryScan();
        _bench.Time.Advance(TimeSpan.FromHours(25));
        _bench.TryScan().ShouldBe([]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.RotatedAway);
        _bench.Restart();
        _bench.TryScan().ShouldBe([]);
        Directory.Move(_directory + ".away", _directory);
        Write(1);

        _bench.TryScan().ShouldBe(["hit 3"]);
        _bench.Gaps.Count.ShouldBe(1);
    }

    // F2: whatever a file is called, it is the same one.
    [Fact]
    public void A_file_renamed_out_of_the_set_while_the_agent_was_down_is_read_to_its_end()
    {
        Write(3);
        _bench.Scan();
        _bench.Restart();
        Write(2);
        File.Move(_log, Path.Join(_directory, "app-2026-11-30.log"));
        Write(1);

        _bench.Scan().ShouldBe(["hit 3", "hit 4", "hit 5"]);
        File.AppendAllText(Path.Join(_directory, "app-2026-11-30.log"), "hit late\n");
        _bench.Scan().ShouldBe(["hit late"]);
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
        SettableTime.AwaitBirthAfterNow(_directory);
        Switch(way, 2);
        DateTimeOffset lost = _bench.Time.GetUtcNow();
        SettableTime.AwaitBirthAfterNow(_directory);
        Switch(way, 3);
        if (way == "numbers")
        {
            SettableTime.AwaitBirthAfterNow(_directory);
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
        SettableTime.AwaitBirthAfterNow(_directory);
        SettableTime.AwaitBirthAfterNow(_directory);
        Switch(way, 2);

        _bench.Scan().ShouldBe(["hit 2"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    // What had the last number is removed by the rotation that gives it to the next one: none was between the two.
    [Theory]
    [InlineData(1, false), InlineData(2, false), InlineData(3, false), InlineData(1, true), InlineData(2, true), InlineData(3, true)]
    public void A_file_that_was_removed_where_numbers_end_is_a_gap_only_where_another_one_was_removed_after_it(int keep, bool hasOther)
    {
        Write(1);
        _bench.Scan();
        for (int rotations = keep + (hasOther ? 2 : 1); rotations > 0; rotations--)
        {
            SettableTime.AwaitBirthAfterNow(_directory);
            Rotate(keep);
            SettableTime.AwaitBirthAfterNow(_directory);
            Write(1);
        }

        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        _bench.Scan();

        _bench.Order.ShouldBe(Enumerable.Range(0, _written).Where(number => number != 1 || !hasOther).Select(number => $"hit {number}"));
        _bench.Gaps.Count.ShouldBe(hasOther ? 1 : 0);
    }

    [Fact]
    public void A_log_that_is_cut_and_filled_beyond_its_place_at_any_moment_of_a_look_is_read_from_its_beginning()
    {
        bool isOver = false;
        for (int moment = 1; !isOver; moment++)
        {
            File.WriteAllText(_log, "");
            _bench.Scan();
            Write(3);
            _bench.Scan();
            Write(1);
            int first = _written, left = moment;
            _buffers.Moment = () =>
            {
                if (--left == 0)
                {
                    using (var cut = new FileStream(_log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                    {
                        cut.SetLength(0);
                    }

                    Write(30);
                }
            };
            _bench.Scan();
            _buffers.Moment = null;
            _bench.Scan();

            isOver = left > 0;
            Enumerable.Range(first, _written - first).Select(number => $"hit {number}").Except(_bench.Order).ShouldBeEmpty($"at moment {moment}");
        }

        _bench.Order.ShouldBeUnique();
    }

    // The one before is still there: one between the two would be, too.
    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_symbolic_link_that_was_pointed_elsewhere_while_nobody_looked_is_no_gap(bool isRestarted)
    {
        _bench.Follow(() => Follow(Path.Join(_directory, "cur")));
        Switch("symbolic link", 1);
        _bench.Scan().ShouldBe(["hit 1"]);
        if (isRestarted)
        {
            _bench.Restart();
        }

        SettableTime.AwaitBirthAfterNow(_directory);
        Switch("symbolic link", 2);
        _bench.Time.Advance(TimeSpan.FromSeconds(30));

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

    [Fact]
    public void A_mark_of_the_version_before_is_read_and_a_fingerprint_of_a_hole_in_it_is_none()
    {
        string hole = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(new byte[1024]).AsSpan(0, 16));
        string[] lines =
        [
            "files 1", "639307584000000000 8 2049 77",
            $"7 2049 76 1024 {hole} {new string('0', 128)}@1795161600000000001@1795161600000000002 0f0f 9000",
            "8 2049 77 12 aabb 68697420@1795161600000000002@1795161600000000002 ccdd 12",
        ];
        FileMark mark = FileMark.Parse(string.Join('\n', lines));

        mark.Live.ShouldBe(new LiveFile(2049, 77, 1795161600000000002));
        (mark.LastGeneration, mark.Positions.Count).ShouldBe((8L, 2));
        (mark.Positions[0].HeadBytes, mark.Positions[0].Head, mark.Positions[0].First, mark.Positions[0].Offset).ShouldBe((0, "", "", 9000L));
        (mark.Positions[1].Head, mark.Positions[1].First, mark.Positions[1].BornStamp, mark.Positions[1].IsDone).ShouldBe(("aabb", "68697420", 1795161600000000002L, false));
        FileMark again = FileMark.Parse(mark.Write());
        (again.LastGeneration, again.Live, again.TakenAt).ShouldBe((mark.LastGeneration, mark.Live, mark.TakenAt));
        again.Positions.ShouldBe(mark.Positions);
        // The agent of before splits words at blanks and the births at their signs, and reads past what it does not know.
        mark.Write().Split('\n')[2..].ShouldAllBe(line => line.Split(' ').Length == 8 && line.Split(' ')[5].Split('@').Length > 2);
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
    public void A_removed_file_stays_open_while_somebody_can_still_write_to_it()
    {
        Write(1);
        _bench.Scan();
        var writer = new FileStream(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        File.Delete(_log);
        _bench.Scan();
        _bench.Time.Advance(TimeSpan.FromMinutes(20));
        _bench.Scan().ShouldBe([]);
        writer.Write("hit late\n"u8);
        _bench.Scan().ShouldBe(["hit late"]);
        writer.Dispose();
        _bench.Time.Advance(TimeSpan.FromSeconds(12));
        _bench.Scan().ShouldBe([]);
        _bench.Restart();
        _bench.Scan().ShouldBe([]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, false, 0), InlineData(false, false, 1), InlineData(true, true, 1)]
    public void A_file_that_is_gone_after_an_absence_is_a_gap_unless_nobody_had_it_open_and_nothing_has_its_name(bool isClosed, bool isMadeAnew, int gaps)
    {
        Write(2);
        using FileStream? writer = isClosed ? null : new FileStream(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        _bench.Scan();
        _bench.Time.Advance(TimeSpan.FromSeconds(12));
        _bench.Scan();
        _bench.Scan();
        _bench.Restart();
        File.Delete(_log);
        if (isMadeAnew)
        {
            Write(1);
        }

        _bench.Scan().Count.ShouldBe(isMadeAnew ? 1 : 0);
        _bench.Gaps.Count.ShouldBe(gaps);
        // Of one that was removed and not replaced nobody is woken.
        _bench.Gaps.ForEach(gap => gap.MaybeEmpty.ShouldBe(!isMadeAnew));
        _bench.Restart();
        Write(1);
        _bench.Scan().Count.ShouldBe(1);
        _bench.Gaps.Count.ShouldBe(gaps);
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

    // The directory that is there is another one, on another file system.
    private void Unmount()
    {
        Directory.Move(_directory, _directory + ".mounted");
        Directory.CreateDirectory(_directory);
        _buffers.Dating = status => status with { Device = status.Device + 1 };
    }

    private void Mount()
    {
        Directory.Delete(_directory);
        Directory.Move(_directory + ".mounted", _directory);
        _buffers.Dating = null;
    }

    // A step that reads a part of them keeps in mind which file had the name before; that one is read and forgotten while the others still are being read.
    [Theory]
    [InlineData(1, 6), InlineData(4, 6), InlineData(5, 6), InlineData(4, 5)]
    public void A_log_with_more_unread_files_than_are_kept_in_mind_is_read_to_its_end(int rotations, int keep)
    {
        _bench.Follow(() => Follow(_log, stepBytes: 64));
        Write(1);
        _bench.Scan();
        Rotate(keep);
        File.WriteAllText(_log, "");
        _bench.Scan();
        for (int i = 0; i < rotations; i++)
        {
            Write(50);
            Rotate(keep);
        }

        Write(50);
        _bench.Scan();
        Write(1);
        _bench.Scan();

        _bench.Order.ShouldBe(Enumerable.Range(0, _written).Select(number => $"hit {number}"));
        _bench.Gaps.ShouldBeEmpty();
    }

    private void Rotate(int keep)
    {
        File.Delete($"{_log}.{keep}");
        for (int number = keep - 1; number >= 1; number--)
        {
            if (File.Exists($"{_log}.{number}"))
            {
                File.Move($"{_log}.{number}", $"{_log}.{number + 1}");
            }
        }

        File.Move(_log, _log + ".1");
    }

    private FileFollower Follow(string path, int stepBytes) =>
        new(path, new LogQuery { Patterns = [new LogPattern("p", "hit")] }, _buffers, _bench?.Time ?? TimeProvider.System) { StepBytes = stepBytes };

    private FileFollower Follow(string path) =>
        new(path, new LogQuery { Patterns = [new LogPattern("p", "hit")] }, _buffers, _bench?.Time ?? TimeProvider.System);

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
