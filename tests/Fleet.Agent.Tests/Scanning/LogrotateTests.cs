using Fleet.Agent.Tests.Execution;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>The real logrotate, under continuous writing.</summary>
public sealed class LogrotateTests : ExecutorTest, IDisposable
{
    private const int Lines = 5000;
    private readonly ScanBench _bench = new();

    private string Log => Path.Combine(_bench.Logs, "app.log");

    [ToolTheory("logrotate")]
    [InlineData("create"), InlineData("create\ncompress"), InlineData("create\ncompress\ndelaycompress"), InlineData("create\ndateext\ndateformat -%Y%m%d-%s", 1100), InlineData("copytruncate"), InlineData("copytruncate\ncompress")]
    public async Task No_line_is_missed_and_none_comes_twice(string mode, int pauseMs = 150)
    {
        var settings = Path.Combine(_bench.State, "logrotate.conf");
        var signal = Path.Combine(_bench.State, "reopen");
        await File.WriteAllTextAsync(settings, $$"""
            {{Log}} {
              rotate 1000
              size 1
              missingok
              nomail
              {{mode.Replace("\n", "\n  ")}}
              postrotate
                touch {{signal}}
              endscript
            }
            """);
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        await using var writer = new NumberedWriter(Log, Lines) { Pause = TimeSpan.FromMilliseconds(3), Signal = signal };
        writer.Start();
        var rotating = Task.Run(() => RotateAsync(settings, writer, pauseMs));
        while (!rotating.IsCompleted)
        {
            _bench.Pass();
            await Task.Delay(2);
        }

        var rotations = await rotating;
        _bench.Run();
        _bench.Time.Advance(TimeSpan.FromSeconds(20));
        _bench.Run();
        _bench.Deliver();

        rotations.ShouldBeGreaterThan(1);
        var stored = _bench.Texts.Select(NumberedWriter.NumberOf).OfType<int>().ToList();
        stored.Count.ShouldBe(stored.Distinct().Count());
        var missing = Enumerable.Range(0, Lines).Except(stored).ToList();
        if (!mode.StartsWith("copytruncate", StringComparison.Ordinal))
        {
            missing.Count.ShouldBe(0, string.Join(", ", missing.Take(50)) + " of " + string.Join(" ", Directory.GetFiles(_bench.Logs).Select(Path.GetFileName)));
            _bench.Gaps.ShouldBeEmpty();
        }

        // logrotate(8): between the copy and the cut some lines may be lost. Each such time is reported.
        missing.Where(number => !_bench.Gaps.Values.Any(gap => gap.SinceUs <= writer.WrittenUs(number) + 1000 && writer.WrittenUs(number) <= gap.UntilUs)).ShouldBeEmpty();
    }

    public void Dispose() => _bench.Dispose();

    private async Task<int> RotateAsync(string settings, NumberedWriter writer, int pauseMs)
    {
        var rotations = 0;
        while (!writer.IsDone)
        {
            // By the executor: it reaps all children of this process, so the framework's own way of starting some does not go with it.
            var (report, seen) = await RunAsync(Some(Run("/usr/sbin/logrotate", "-f", "-s", Path.Combine(_bench.State, "logrotate.state"), settings)));
            report.IsSuccess.ShouldBeTrue(seen.ToString());
            rotations++;
            await Task.Delay(pauseMs);
        }

        return rotations;
    }
}
