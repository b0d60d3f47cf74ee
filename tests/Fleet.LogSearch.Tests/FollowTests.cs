using System.IO.Compression;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests;

public sealed class FollowTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly Recorder _hits = new();
    private readonly string _log;
    private readonly string _saved;
    private readonly FileFollower _follower;
    private int _written;

    public FollowTests()
    {
        _log = Path.Join(_scratch.Path, "app.log");
        _saved = Path.Join(_scratch.Path, "state");
        _follower = new FileFollower(_log, new LogQuery { Patterns = [new LogPattern("p", "hit")] }, TimeProvider.System);
    }

    [Fact]
    public void A_line_is_delivered_once_it_is_whole_and_only_once()
    {
        File.AppendAllText(_log, "hit 1\nmiss\nhit");
        Scan().ShouldBe(["hit 1"]);
        Scan().ShouldBe([]);
        File.AppendAllText(_log, " 2\n");
        Scan().ShouldBe(["hit 2"]);
    }

    [Fact]
    public void From_now_leaves_out_what_was_there_before()
    {
        File.AppendAllText(_log, "hit old\n");
        _follower.FromNow().Save(_saved);
        File.AppendAllText(_log, "hit new\n");

        Scan().ShouldBe(["hit new"]);
    }

    [Fact]
    public void A_renamed_file_is_read_to_its_end_even_when_the_writer_goes_on_in_it()
    {
        Write(3);
        Scan().Count.ShouldBe(3);
        Write(2);
        File.Move(_log, _log + ".1");
        File.AppendAllText(_log + ".1", "hit late\n");
        Scan().Count.ShouldBe(3);
        File.AppendAllText(_log + ".1", "hit later still\n");
        Write(1);

        Scan().Order(StringComparer.Ordinal).ShouldBe(["hit 5", "hit later still"]);
        _hits.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void A_copied_and_truncated_file_is_followed_into_its_copy()
    {
        Write(3);
        Scan();
        Write(2);
        File.Copy(_log, _log + ".1");
        File.WriteAllText(_log, "");
        Write(1);

        Scan().ShouldBe(["hit 3", "hit 4", "hit 5"]);
        _hits.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void Several_rotations_with_compression_between_two_scans_lose_nothing()
    {
        Write(3);
        Scan();
        Write(2);
        Rotate(compress: true);
        Write(4);
        Rotate(compress: true);
        Write(1);

        Scan().ShouldBe(Enumerable.Range(3, 7).Select(i => $"hit {i}"));
        _hits.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_gone_before_it_could_be_read_is_reported_as_a_gap_with_its_bounds()
    {
        Write(3);
        Scan();
        Write(2);
        File.Delete(_log);
        Write(1);

        Scan().ShouldBe(["hit 5"]);
        ScanGap gap = _hits.Gaps.ShouldHaveSingleItem();
        (gap.Generation, gap.FromOffset).ShouldBe((1L, 18L));
        gap.Until.ShouldBeGreaterThanOrEqualTo(gap.Since);
        Scan().ShouldBe([]);
    }

    [Fact]
    public void A_truncated_file_is_a_gap_though_it_is_the_same_file()
    {
        Write(5);
        Scan();
        File.WriteAllText(_log, "hit anew\n");

        Scan().ShouldBe(["hit anew"]);
        _hits.Gaps.ShouldHaveSingleItem().FromOffset.ShouldBe(30);
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
                case 2: Scan(crash: true); break;
                case 3: Scan(); break;
                default: Write(1 + random.Next(400)); break;
            }
        }

        Scan();

        _hits.Gaps.ShouldBeEmpty();
        _hits.Stored.Values.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, _written).Select(i => $"hit {i}").Order(StringComparer.Ordinal));
    }

    public void Dispose() => _scratch.Dispose();

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
            using (FileStream packed = File.Create(_log + ".1.gz"))
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            {
                gzip.Write(File.ReadAllBytes(_log + ".1"));
            }

            File.Delete(_log + ".1");
        }
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

    /// <summary>Reads on from what is saved; a crash comes after the hits are stored and before the checkpoint is.</summary>
    private List<string> Scan(bool crash = false)
    {
        int before = _hits.Stored.Count;
        ScanCheckpoint next = _follower.Read(ScanCheckpoint.Load(_saved), _hits, default);
        if (!crash)
        {
            next.Save(_saved);
        }

        return _hits.Order.Skip(before).ToList();
    }

    private sealed class Recorder : IScanSink
    {
        public Dictionary<HitId, string> Stored { get; } = [];

        public List<string> Order { get; } = [];

        public List<ScanGap> Gaps { get; } = [];

        public void Hit(HitId id, in FoundLine line)
        {
            string text = System.Text.Encoding.UTF8.GetString(line.Bytes);
            if (Stored.TryAdd(id, text))
            {
                Order.Add(text);
            }
            else
            {
                Stored[id].ShouldBe(text, "one identity, two lines");
            }
        }

        public void Gap(ScanGap gap) => Gaps.Add(gap);
    }
}
