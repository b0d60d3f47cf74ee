using System.IO.Compression;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>Lines written at full speed while files are rotated, cut and packed and the scans are killed: each is a hit once, or within a gap.</summary>
public sealed class TortureTests : IDisposable
{
    private readonly ScanBench _bench = new();

    private string Log => Path.Combine(_bench.Logs, "app.log");

    [Theory]
    [InlineData(11, false), InlineData(12, false), InlineData(13, true), InlineData(14, true)]
    public async Task Every_line_is_stored_exactly_once_or_lies_within_a_gap(int seed, bool copiesAndCuts)
    {
        const int Lines = 12_000;
        var random = new Random(seed);
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        await using var writer = new NumberedWriter(Log, Lines) { Pause = TimeSpan.FromMilliseconds(1) };
        writer.Start();
        var rotating = Task.Run(() => RotateAsync(writer, new Random(seed), copiesAndCuts));
        while (!rotating.IsCompleted)
        {
            switch (random.Next(12))
            {
                case 0:
                    using (var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(3))))
                        _bench.Engine.Pass(soon.Token);
                    _bench.Kill();
                    break;
                case 1:
                    _bench.Deliver(acknowledge: random.Next(2) == 0);
                    break;
                default:
                    _bench.Pass();
                    await Task.Delay(1);
                    break;
            }
        }

        await rotating;
        _bench.Run();
        _bench.Time.Advance(TimeSpan.FromSeconds(20));
        _bench.Run();
        _bench.Deliver();
        Check(writer, Lines);
        if (!copiesAndCuts)
            _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lines_of_files_that_were_removed_while_the_agent_was_away_lie_within_gaps()
    {
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        await using var writer = new NumberedWriter(Log, 3000) { Pause = TimeSpan.FromMilliseconds(1) };
        writer.Start();
        while (!writer.IsDone)
        {
            // A file that comes and goes unseen is not known to have been.
            while (!writer.IsDone && !(File.Exists(Log) && new FileInfo(Log).Length > 0))
                await Task.Delay(1);
            _bench.Run();
            _bench.Kill();
            await Task.Delay(20);
            File.Move(Log, Log + ".1", overwrite: true);
            writer.Reopen();
            await Task.Delay(20);
            File.Delete(Log + ".1");
        }

        _bench.Run();
        _bench.Deliver();
        Check(writer, 3000);
        _bench.Gaps.ShouldNotBeEmpty();
    }

    public void Dispose() => _bench.Dispose();

    private void Check(NumberedWriter writer, int lines)
    {
        var stored = _bench.Texts.Select(NumberedWriter.NumberOf).OfType<int>().ToList();
        stored.Count.ShouldBe(stored.Distinct().Count(), "a line was stored under two identities");
        var missing = Enumerable.Range(0, lines).Except(stored).ToList();
        var uncovered = missing.Where(number => !_bench.Gaps.Values.Any(gap => gap.SinceUs <= writer.WrittenUs(number) + 1000 && writer.WrittenUs(number) <= gap.UntilUs)).ToList();
        uncovered.ShouldBeEmpty($"{missing.Count} of {lines} lines are missing, with {_bench.Gaps.Count} gaps");
        writer.Written.ShouldBe(lines);
    }

    private async Task RotateAsync(NumberedWriter writer, Random random, bool copiesAndCuts)
    {
        // Where a log was copied and cut, renamed and packed between two looks, nothing tells the copy from a file that was renamed.
        var wasCut = false;
        while (!writer.IsDone)
        {
            await Task.Delay(10 + random.Next(60));
            if (!File.Exists(Log))
                continue;
            MoveUp();
            if (copiesAndCuts && random.Next(2) == 0)
            {
                File.Copy(Log, Log + ".1");
                using var cut = new FileStream(Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                cut.SetLength(0);
                wasCut = true;
                continue;
            }

            File.Move(Log, Log + ".1");
            writer.Reopen();
            var before = writer.Written;
            while (writer.Written < before + 2 && !writer.IsDone)
                await Task.Delay(1);
            if (random.Next(2) == 0 && !wasCut)
                Pack(Log + ".1");
            wasCut = false;
        }
    }

    private void MoveUp()
    {
        var highest = Directory.GetFiles(_bench.Logs).Length + 1;
        for (var i = highest; i >= 1; i--)
        {
            foreach (var suffix in new[] { "", ".gz" })
            {
                if (File.Exists($"{Log}.{i}{suffix}"))
                    File.Move($"{Log}.{i}{suffix}", $"{Log}.{i + 1}{suffix}");
            }
        }
    }

    private static void Pack(string path)
    {
        using (var packed = File.Create(path + ".gz"))
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        using (var plain = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            plain.CopyTo(gzip);
        File.Delete(path);
    }
}
