using System.Globalization;
using Fleet.Harness;

namespace Fleet.EndToEnd.Scans;

/// <summary>A log that a process of its own writes numbered lines to, and the list of what it wrote, which nobody rotates.</summary>
internal sealed class WrittenLog : IAsyncDisposable
{
    // In bursts at full speed; the log is opened anew for each, as after a signal. A line's time is taken before it is written. There is a
    // bound, so that a slow machine has no more of them to store.
    private const string Writer = """
        export LC_ALL=C
        i=0
        while [ ! -e "$0.stop" ]; do
          for ((burst = i < 15000 ? 60 : 1; burst > 0; burst--)); do
            line="line $i $EPOCHREALTIME of $1"
            echo "$line"
            echo "$line" >&3
            i=$((i + 1))
          done >> "$0" 3>> "$0.truth"
          sleep 0.1
        done
        """;

    private readonly string _path;
    private readonly ChildProcess _writer;

    public WrittenLog(string directory, string name)
    {
        (_path, Name) = (Path.Combine(directory, name), name);
        _writer = ChildProcess.Start($"writer of {name}", "bash", ["-c", Writer, _path, name]);
    }

    public string Name { get; }

    /// <summary>The live file.</summary>
    public string File => _path;

    /// <summary>What was written, with the times between which each line was, Unix microseconds.</summary>
    public async Task<IReadOnlyList<WrittenLine>> StopAsync()
    {
        await System.IO.File.WriteAllTextAsync(_path + ".stop", "");
        (await _writer.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(0, _writer.Output);
        var lines = await System.IO.File.ReadAllLinesAsync(_path + ".truth");
        var times = lines.Select(line => (long)(decimal.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture) * 1_000_000)).ToList();
        times.Add(times[^1] + 1_000_000);
        return [.. lines.Select((line, i) => new WrittenLine(line, times[i], times[i + 1]))];
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}

/// <summary>A line that was written.</summary>
/// <param name="Text">It.</param>
/// <param name="FromUs">It was written after this.</param>
/// <param name="ToUs">And before this.</param>
internal sealed record WrittenLine(string Text, long FromUs, long ToUs);
