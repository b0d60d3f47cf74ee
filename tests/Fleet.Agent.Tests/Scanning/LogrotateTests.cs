using System.Diagnostics;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>The real logrotate, under continuous writing.</summary>
public sealed class LogrotateTests : IDisposable
{
    private const int Lines = 6000;
    private readonly ScanBench _bench = new();

    private string Log => Path.Combine(_bench.Logs, "app.log");

    [LogrotateTheory]
    [InlineData("create"), InlineData("create\ncompress"), InlineData("create\ncompress\ndelaycompress"), InlineData("create\ndateext\ndateformat -%Y%m%d-%s"), InlineData("copytruncate"), InlineData("copytruncate\ncompress")]
    public async Task No_line_is_missed_and_none_comes_twice(string mode)
    {
        var settings = Path.Combine(_bench.State, "logrotate.conf");
        await File.WriteAllTextAsync(settings, $$"""
            {{Log}} {
              rotate 1000
              size 1
              missingok
              nomail
              {{mode.Replace("\n", "\n  ")}}
            }
            """);
        _bench.Apply(ScanBench.Order(Log));
        _bench.Run();
        await using var writer = new NumberedWriter(Log, Lines) { Pause = TimeSpan.FromMilliseconds(3), FollowsName = true };
        writer.Start();
        var rotating = Task.Run(() => RotateAsync(settings, writer));
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

        rotations.ShouldBeGreaterThan(2);
        var stored = _bench.Texts.Select(NumberedWriter.NumberOf).OfType<int>().ToList();
        stored.Count.ShouldBe(stored.Distinct().Count());
        var missing = Enumerable.Range(0, Lines).Except(stored).ToList();
        if (!mode.StartsWith("copytruncate", StringComparison.Ordinal))
        {
            missing.ShouldBeEmpty();
            _bench.Gaps.ShouldBeEmpty();
        }

        missing.Where(number => !_bench.Gaps.Values.Any(gap => gap.SinceUs <= writer.WrittenUs(number) && writer.WrittenUs(number) <= gap.UntilUs)).ShouldBeEmpty();
    }

    public void Dispose() => _bench.Dispose();

    private async Task<int> RotateAsync(string settings, NumberedWriter writer)
    {
        var rotations = 0;
        while (!writer.IsDone)
        {
            var start = new ProcessStartInfo(LogrotateTheoryAttribute.Program!) { RedirectStandardError = true };
            foreach (var word in (string[])["-f", "-s", Path.Combine(_bench.State, "logrotate.state"), settings])
                start.ArgumentList.Add(word);
            using var process = Process.Start(start)!;
            var complaints = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            process.ExitCode.ShouldBe(0, complaints);
            rotations++;
            await Task.Delay(150);
        }

        return rotations;
    }
}
