using System.Globalization;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Output;

/// <summary>One line on the terminal that says how far a job is; drawn over itself, gone at the end.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(100);
    private readonly Screen _screen;
    private readonly TimeProvider _time;
    private readonly long _began;
    private long _drawnAt;
    private bool _visible;

    public ProgressLine(Screen screen, TimeProvider time)
    {
        _screen = screen;
        _time = time;
        _began = time.GetTimestamp();
    }

    /// <summary>Draws the line unless it was drawn a moment ago.</summary>
    public void Update(JobView job, bool now = false) => Draw(elapsed => Text(job, elapsed), now);

    /// <summary>Draws what a function makes of the time so far, unless the line was drawn a moment ago.</summary>
    public void Draw(Func<TimeSpan, string> write, bool now = false)
    {
        if (!_screen.ErrIsTerminal || (!now && _visible && _time.GetElapsedTime(_drawnAt) < RedrawEvery))
            return;
        _drawnAt = _time.GetTimestamp();
        _visible = true;
        var width = Math.Max(20, _screen.Err.Profile.Width - 1);
        var text = write(_time.GetElapsedTime(_began));
        _screen.Err.Profile.Out.Writer.Write("\r" + (text.Length > width ? text[..width] : text) + "\u001b[K");
    }

    /// <summary>Takes the line away, so that something else can be printed.</summary>
    public void Clear()
    {
        if (_visible)
            _screen.Err.Profile.Out.Writer.Write("\r\u001b[K");
        _visible = false;
    }

    public void Dispose() => Clear();

    /// <summary>What the line says.</summary>
    public static string Text(JobView job, TimeSpan elapsed)
    {
        var total = job.Tasks.Count;
        var parts = new List<string> { string.Create(CultureInfo.InvariantCulture, $"{Bar(job.DoneTasks, total)} {job.DoneTasks}/{total} done") };
        var succeeded = job.Count(TaskState.Succeeded);
        if (job.DoneTasks > succeeded)
            parts.Add($"{job.DoneTasks - succeeded} not well");
        AddCount(parts, job.Count(TaskState.Running), "running");
        AddCount(parts, job.Count(TaskState.Dispatched), "starting");
        AddCount(parts, job.Count(TaskState.Pending), "waiting");
        parts.Add(Elapsed(elapsed));
        return string.Join("  ", parts);
    }

    /// <summary>Seconds for people.</summary>
    public static string Elapsed(TimeSpan elapsed) =>
        elapsed < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)elapsed.TotalMinutes} min {elapsed.Seconds} s");

    private static void AddCount(List<string> parts, int count, string what)
    {
        if (count > 0)
            parts.Add($"{count} {what}");
    }

    /// <summary>A bar for a share.</summary>
    public static string Bar(int done, int total)
    {
        const int Width = 20;
        var filled = total == 0 ? 0 : done * Width / total;
        return "[" + new string('#', filled) + new string('.', Width - filled) + "]";
    }
}
