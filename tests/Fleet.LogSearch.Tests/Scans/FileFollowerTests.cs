using System.IO.Compression;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests.Scans;

public sealed class FileFollowerTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly FollowBench _bench;
    private readonly string _log;
    private int _written;

    public FileFollowerTests()
    {
        _log = Path.Join(_scratch.Path, "app.log");
        _bench = new FollowBench(() => Follow(new LogQuery { Patterns = [new LogPattern("p", "hit")] }));
    }

    [Fact]
    public void A_line_is_delivered_once_it_is_whole_and_only_once()
    {
        File.AppendAllText(_log, "hit 1\nmiss\nhit");
        _bench.Scan().ShouldBe(["hit 1"]);
        _bench.Scan().ShouldBe([]);
        File.AppendAllText(_log, " 2\n");
        _bench.Scan().ShouldBe(["hit 2"]);
    }

    [Fact]
    public void From_now_leaves_out_what_was_there_before()
    {
        File.AppendAllText(_log, "hit old\n");
        _bench.Begin();
        File.AppendAllText(_log, "hit new\n");

        _bench.Scan().ShouldBe(["hit new"]);
    }

    [Fact]
    public void A_renamed_file_is_read_to_its_end_even_when_the_writer_goes_on_in_it()
    {
        Write(3);
        _bench.Scan().Count.ShouldBe(3);
        Write(2);
        File.Move(_log, _log + ".1");
        File.AppendAllText(_log + ".1", "hit late\n");
        _bench.Scan().Count.ShouldBe(3);
        File.AppendAllText(_log + ".1", "hit later still\n");
        Write(1);

        _bench.Scan().Order(StringComparer.Ordinal).ShouldBe(["hit 5", "hit later still"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_copied_and_truncated_file_is_followed_into_its_copy()
    {
        Write(3);
        _bench.Scan();
        Write(2);
        File.Copy(_log, _log + ".1");
        File.WriteAllText(_log, "");
        Write(1);

        _bench.Scan().ShouldBe(["hit 3", "hit 4", "hit 5"]);
        // What is written between the copy and the cut is in neither: that there may have been something is said.
        (_bench.Gaps.ShouldHaveSingleItem().Cause, _bench.Gaps[0].FromOffset).ShouldBe((GapCause.CopiedAndTruncated, 30L));
    }

    [Fact]
    public void Several_rotations_with_compression_between_two_scans_lose_nothing()
    {
        Write(3);
        _bench.Scan();
        Write(2);
        Rotate(compress: true);
        Write(4);
        Rotate(compress: true);
        Write(1);

        _bench.Scan().ShouldBe(Enumerable.Range(3, 7).Select(i => $"hit {i}"));
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_removed_while_it_is_followed_is_read_to_its_end()
    {
        Write(3);
        _bench.Scan();
        Write(2);
        File.Delete(_log);
        Write(1);

        _bench.Scan().ShouldBe(["hit 3", "hit 4", "hit 5"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_writer_still_writes_to_a_file_that_was_packed_and_removed_is_read()
    {
        Write(3);
        _bench.Scan();
        using (var late = new FileStream(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            File.Move(_log, _log + ".1");
            Pack(_log + ".1");
            Write(1);
            _bench.Scan().ShouldBe(["hit 3"]);
            late.Write("hit late\n"u8);
            late.Flush();
        }

        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        _bench.Scan().ShouldBe(["hit late"]);
        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        _bench.Scan().ShouldBe([]);
        Write(1);
        _bench.Scan().ShouldBe(["hit 4"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_written_to_a_file_that_was_empty_when_it_was_seen_last_is_read_though_it_was_packed_and_removed()
    {
        Write(1);
        _bench.Scan();
        Rotate(compress: false);
        File.WriteAllText(_log, "");
        _bench.Scan().ShouldBe([]);
        using (var late = new FileStream(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0))
        {
            late.Write("hit packed\n"u8);
            Rotate(compress: true);
            File.WriteAllText(_log, "");
            late.Write("hit late\n"u8);
            _bench.Scan().ShouldBe(["hit packed", "hit late"]);
            late.Write("hit later\n"u8);
        }

        _bench.Scan().ShouldBe(["hit later"]);
        _bench.Gaps.ShouldBeEmpty();
        // Then only the packed copy is there, which has less than was read.
        _bench.Restart();
        _bench.Scan().ShouldBe([]);
    }

    [Fact]
    public void An_empty_file_that_is_gone_when_the_agent_is_back_is_a_gap()
    {
        Write(1);
        _bench.Scan();
        Rotate(compress: false);
        File.WriteAllText(_log, "");
        _bench.Scan();
        _bench.Restart();
        File.Delete(_log);
        // So that it gets another number.
        File.WriteAllText(Path.Join(_scratch.Path, "another"), "");
        Write(1);

        _bench.Scan().ShouldBe(["hit 1"]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.RotatedAway);
        _bench.Scan().ShouldBe([]);
    }

    [ToolTheory("zstd", "xz-utils", "bzip2")]
    [InlineData("zstd", ".zst"), InlineData("xz", ".xz"), InlineData("bzip2", ".bz2")]
    public async Task A_packed_file_is_read_by_what_was_opened_whatever_has_its_name_by_then(string program, string suffix)
    {
        string path = _scratch.Write("old", "hit old\n"), other = _scratch.Write("new", "hit new\n");
        foreach (string plain in new[] { path, other })
        {
            await ReferenceTool.RunAsync(program, "-q", plain);
        }

        using LogGeneration file = LogGeneration.TryOpen(path + suffix, new FollowBuffers(), out _).ShouldNotBeNull();
        File.Move(other + suffix, path + suffix, overwrite: true);
        using Stream stream = file.OpenFrom(0);
        using var reader = new StreamReader(stream);

        (await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe("hit old\n");
    }

    [Fact]
    public void A_damaged_packed_file_is_a_gap_and_does_not_hold_up_what_came_after_it()
    {
        Write(1);
        _bench.Scan();
        _bench.Restart();
        Write(20_000);
        Rotate(compress: true);
        byte[] packed = File.ReadAllBytes(_log + ".1.gz");
        File.WriteAllBytes(_log + ".1.gz", [.. packed[..(packed.Length / 2)], .. new byte[100], .. packed[(packed.Length / 2)..]]);
        Write(1);
        Should.Throw<InvalidDataException>(() => _bench.Scan());
        _bench.Time.Advance(TimeSpan.FromSeconds(6));

        _bench.Scan().ShouldContain("hit 20001");
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.Damaged);
        _bench.Stored.Count.ShouldBeInRange(1000, 20_000);
        _bench.Scan().ShouldBe([]);
    }

    [Fact]
    public void A_file_moved_to_where_it_is_not_looked_for_is_read_to_its_end()
    {
        Write(3);
        _bench.Scan();
        Write(1);
        File.Move(_log, Path.Join(_scratch.Path, "elsewhere"));
        _bench.Scan().ShouldBe(["hit 3"]);
        File.AppendAllText(Path.Join(_scratch.Path, "elsewhere"), "hit late\n");
        Write(1);

        _bench.Scan().ShouldBe(["hit late", "hit 4"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_gone_before_it_could_be_read_is_reported_once_as_a_gap_with_its_bounds()
    {
        Write(3);
        _bench.Scan();
        _bench.Restart();
        Write(2);
        File.Delete(_log);
        _bench.Scan().ShouldBe([]);
        Write(1);

        _bench.Scan().ShouldBe(["hit 5"]);
        ScanGap gap = _bench.Gaps.ShouldHaveSingleItem();
        (gap.Cause, gap.FromOffset).ShouldBe((GapCause.RotatedAway, 18L));
        gap.Until.ShouldBeGreaterThanOrEqualTo(gap.Since);
        _bench.Scan().ShouldBe([]);
    }

    [Fact]
    public void A_truncated_file_is_a_gap_though_it_is_the_same_file()
    {
        Write(5);
        _bench.Scan();
        File.WriteAllText(_log, "hit anew\n");

        _bench.Scan().ShouldBe(["hit anew"]);
        (_bench.Gaps.ShouldHaveSingleItem().Cause, _bench.Gaps[0].FromOffset).ShouldBe((GapCause.Truncated, 30L));
    }

    [Fact]
    public void A_file_cut_and_grown_beyond_its_old_length_is_known_by_what_stands_before_the_mark()
    {
        File.AppendAllText(_log, "banner\nhit one\n");
        _bench.Scan();
        File.WriteAllText(_log, "banner\nhit two\nhit three\n");

        _bench.Scan().ShouldBe(["hit two", "hit three"]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.Truncated);
    }

    [Fact]
    public void A_copy_shorter_than_what_was_read_is_not_read_again()
    {
        Write(300);
        _bench.Scan();
        File.WriteAllBytes(_log + ".1", File.ReadAllBytes(_log)[..2000]);
        File.WriteAllText(_log, "");
        Write(1);

        _bench.Scan().ShouldBe(["hit 300"]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.CopiedAndTruncated);
    }

    [Fact]
    public void A_copy_with_only_the_very_first_lines_is_not_read_again()
    {
        Write(30);
        _bench.Scan();
        File.WriteAllBytes(_log + ".1", File.ReadAllBytes(_log)[..36]);
        File.WriteAllText(_log, "");
        _bench.Scan().ShouldBe([]);
        _bench.Restart();
        _bench.Scan().ShouldBe([]);
        Pack(_log + ".1");
        Write(1);

        _bench.Scan().ShouldBe(["hit 30"]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.CopiedAndTruncated);
    }

    [Fact]
    public void A_short_copy_that_was_packed_at_once_is_not_read_again()
    {
        Write(300);
        _bench.Scan();
        File.WriteAllBytes(_log + ".1", File.ReadAllBytes(_log)[..2000]);
        Pack(_log + ".1");
        File.WriteAllText(_log, "");
        _bench.Scan().ShouldBe([]);
        _bench.Scan().ShouldBe([]);
        Write(1);

        _bench.Scan().ShouldBe(["hit 300"]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.CopiedAndTruncated);
    }

    [Fact]
    public void A_packed_copy_of_a_removed_file_is_not_read_once_the_file_is_given_up()
    {
        Write(3);
        _bench.Scan();
        File.Move(_log, _log + ".1");
        Pack(_log + ".1");
        File.WriteAllText(_log, "");
        _bench.Scan().ShouldBe([]);
        _bench.Time.Advance(TimeSpan.FromSeconds(90));
        _bench.Scan().ShouldBe([]);
        Write(1);

        _bench.Scan().ShouldBe(["hit 3"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_packed_file_is_left_alone_while_it_is_being_made()
    {
        Write(3);
        _bench.Scan();
        Write(2);
        File.Move(_log, _log + ".1");
        File.WriteAllBytes(_log + ".1.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]);
        Write(1);
        _bench.Scan().ShouldBe(["hit 3", "hit 4", "hit 5"]);
        Pack(_log + ".1");

        _bench.Scan().ShouldBe([]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_packed_file_whose_name_a_younger_one_gets_while_another_is_read_is_not_taken_for_it()
    {
        Write(3);
        _bench.Scan();
        for (int rotation = 0; rotation < 3; rotation++)
        {
            Write(2);
            Rotate(compress: true);
        }

        Write(2);
        _bench.Meanwhile = _ =>
        {
            _bench.Meanwhile = null;
            Rotate(compress: true);
        };

        // Read so far were those that came before it was noticed: each line is there, once.
        _bench.Scan().Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(3, 8).Select(i => $"hit {i}").Order(StringComparer.Ordinal));
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_packed_file_whose_reading_failed_half_way_is_read_from_the_mark_again()
    {
        Write(1);
        _bench.Scan();
        Write(20_000);
        Rotate(compress: true);
        Write(1);
        _bench.Meanwhile = text => _ = text == "hit 18000" ? throw new IOException("as a store that is full") : 0;
        Should.Throw<IOException>(() => _bench.Scan());
        _bench.Meanwhile = null;
        _bench.Scan();

        _bench.Stored.Count.ShouldBe(20_002);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_packed_copy_made_before_the_last_lines_were_written_to_the_file_is_not_read_besides_it()
    {
        Write(3);
        _bench.Scan();
        using (var late = new FileStream(_log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            File.Move(_log, _log + ".1");
            Pack(_log + ".1");
            File.WriteAllText(_log, "");
            late.Write("hit late\n"u8);
            late.Flush();
            File.SetLastWriteTimeUtc(_log + ".1.gz", DateTime.UnixEpoch.AddYears(100));
            _bench.Scan().ShouldBe(["hit late"]);
            late.Write("hit later\n"u8);
        }

        _bench.Scan().ShouldBe(["hit later"]);
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_copy_of_the_very_first_line_is_not_read_again_however_short_it_is()
    {
        Write(30);
        _bench.Scan();
        File.WriteAllBytes(_log + ".1", File.ReadAllBytes(_log)[..6]);
        Pack(_log + ".1");
        File.WriteAllText(_log, "");
        _bench.Scan().ShouldBe([]);
        Write(1);

        _bench.Scan().ShouldBe(["hit 30"]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.CopiedAndTruncated);
    }

    [Fact]
    public void Copies_of_a_file_that_was_empty_when_it_was_seen_last_are_gaps_too()
    {
        Write(3);
        _bench.Scan();
        CopyAndTruncate();
        _bench.Scan().ShouldBe([]);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.CopiedAndTruncated);
        _bench.Restart();
        Write(2);
        CopyAndTruncate();

        _bench.Scan().ShouldBe(["hit 3", "hit 4"]);
        _bench.Gaps.Select(gap => gap.Cause).ShouldBe([GapCause.CopiedAndTruncated, GapCause.CopiedAndTruncated]);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_log_that_was_copied_and_cut_and_then_renamed_is_a_gap_whether_or_not_it_was_read_before(bool wasRead)
    {
        Write(1);
        _bench.Scan();
        Rotate(compress: false);
        Write(2);
        if (wasRead)
            _bench.Scan();
        _bench.Restart();
        AwaitNextBirth();
        CopyAndTruncate();
        Write(1);
        Rotate(compress: false);
        Write(1);

        string[] behind = ["hit 1", "hit 2", "hit 3", "hit 4"];
        _bench.Scan().ShouldBe(wasRead ? behind[2..] : behind);
        _bench.Gaps.ShouldHaveSingleItem().Cause.ShouldBe(GapCause.CopiedAndTruncated);
    }

    [Fact]
    public void The_last_lines_before_the_beginning_are_read_where_they_are_asked_for()
    {
        Write(4);
        File.Move(_log, _log + ".1");
        Write(2);
        _bench.Begin(lastLines: 3);

        _bench.Scan().ShouldBe(["hit 3", "hit 4", "hit 5"]);
    }

    [Fact]
    public void An_unfinished_last_line_of_a_file_rotated_away_is_delivered_once_it_is_quiet()
    {
        Write(1);
        File.AppendAllText(_log, "hit half");
        _bench.Scan().Count.ShouldBe(1);
        File.Move(_log, _log + ".1");
        Write(1);
        _bench.Scan().ShouldBe(["hit 1"]);
        _bench.Time.Advance(TimeSpan.FromSeconds(6));

        _bench.Scan().ShouldBe(["hit half"]);
        _bench.Scan().ShouldBe([]);
    }

    [Fact]
    public void A_record_of_several_lines_is_delivered_when_the_next_begins_or_when_it_is_quiet()
    {
        _bench.Follow(() => Follow(new LogQuery { Patterns = [new LogPattern("p", "hit")], RecordStart = new LogPattern("s", "^[0-9]") }));
        File.AppendAllText(_log, "1 hit\n  at a\n");
        _bench.Scan().ShouldBe([]);
        File.AppendAllText(_log, "  at b\n2 other\n");
        _bench.Scan().ShouldBe(["1 hit\n  at a\n  at b"]);
        File.AppendAllText(_log, "  caused by hit\n");
        _bench.Scan().ShouldBe([]);
        _bench.Time.Advance(TimeSpan.FromSeconds(2));

        _bench.Scan().ShouldBe(["2 other\n  caused by hit"]);
        _bench.Scan().ShouldBe([]);
    }

    [Fact]
    public void A_line_longer_than_any_buffer_is_one_hit()
    {
        File.AppendAllText(_log, "hit " + new string('x', 3_000_000) + " end\nhit 2\n");

        List<string> lines = _bench.Scan();
        (lines.Count, lines[0][..6], lines[1]).ShouldBe((2, "hit xx", "hit 2"));
        _bench.Scan().ShouldBe([]);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public void Under_any_mixture_of_rotations_and_crashes_every_line_is_stored_exactly_once(int seed)
    {
        var random = new Random(seed);
        for (int step = 0; step < 120; step++)
        {
            switch (random.Next(6))
            {
                case 0: Rotate(compress: random.Next(2) == 0); break;
                case 1 when File.Exists(_log): CopyAndTruncate(); break;
                case 2: _bench.Scan(crash: true); break;
                case 3: _bench.Scan(); break;
                case 4 when random.Next(4) == 0: _bench.Restart(); break;
                default: Write(1 + random.Next(400)); break;
            }
        }

        _bench.Scan();

        _bench.Gaps.ShouldAllBe(gap => gap.Cause == GapCause.CopiedAndTruncated);
        _bench.Stored.Values.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, _written).Select(i => $"hit {i}").Order(StringComparer.Ordinal));
    }

    public void Dispose()
    {
        _bench.Dispose();
        _scratch.Dispose();
    }

    private FileFollower Follow(LogQuery query) => new(_log, query, new FollowBuffers(), _bench?.Time ?? TimeProvider.System);

    private void Write(int lines) => File.AppendAllText(_log, string.Concat(Enumerable.Range(_written, lines).Select(_ => $"hit {_written++}\n")));

    /// <summary>As logrotate with create: every number moves up, the second is compressed.</summary>
    private void Rotate(bool compress)
    {
        MoveUp();
        if (File.Exists(_log))
        {
            File.Move(_log, _log + ".1");
        }

        if (compress && File.Exists(_log + ".1"))
        {
            Pack(_log + ".1");
        }
    }

    /// <summary>File systems date births by the kernel's clock tick.</summary>
    private void AwaitNextBirth()
    {
        string probe = Path.Join(_scratch.Path, "probe");
        SpinWait.SpinUntil(() =>
        {
            File.Delete(probe);
            File.WriteAllText(probe, "");
            return File.GetCreationTimeUtc(probe) > File.GetCreationTimeUtc(_log);
        }, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        File.Delete(probe);
    }

    private static void Pack(string path)
    {
        using (FileStream packed = File.Create(path + ".gz"))
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(File.ReadAllBytes(path));
        }

        File.Delete(path);
    }

    private void CopyAndTruncate()
    {
        MoveUp();
        File.Copy(_log, _log + ".1");
        File.WriteAllText(_log, "");
    }

    private void MoveUp()
    {
        for (int i = 200; i >= 1; i--)
        {
            foreach (string suffix in new[] { "", ".gz" })
            {
                if (File.Exists($"{_log}.{i}{suffix}"))
                {
                    File.Move($"{_log}.{i}{suffix}", $"{_log}.{i + 1}{suffix}");
                }
            }
        }
    }
}
