using System.Globalization;
using Fleet.Cli.Running;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Output;

/// <summary>One line on the terminal that says how far a job is; drawn over itself, gone at the end.</summary>
internal sealed class ProgressLine : IDisposable
{
    /// <summary>How often it is drawn anew while nothing happens: the clock runs, and nobody takes it for hung.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan s_redrawEvery = TimeSpan.FromMilliseconds(100);

    // Names of so many can be read at a glance; of more the number says more.
    private const int MostNames = 3;

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
    /// <param name="job">The job.</param>
    /// <param name="elapsed">For how long it has been under way.</param>
    public void Update(JobView job, TimeSpan elapsed) => Draw(_ => Text(job, elapsed));

    /// <summary>Draws what a function makes of the time so far, unless the line was drawn a moment ago.</summary>
    public void Draw(Func<TimeSpan, string> write, bool now = false)
    {
        if (!_screen.ErrIsTerminal || (!now && _visible && _time.GetElapsedTime(_drawnAt) < s_redrawEvery))
            return;
        _drawnAt = _time.GetTimestamp();
        _visible = true;
        _screen.Err.DrawOver(write(_time.GetElapsedTime(_began)));
    }

    /// <summary>Takes the line away, so that something else can be printed.</summary>
    public void Clear()
    {
        if (_visible)
            _screen.Err.EraseLine();
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
            parts.Add($"{job.DoneTasks - succeeded} failed");
        AddCount(parts, job, TaskState.Running, "running");
        AddCount(parts, job, TaskState.Dispatched, "starting");
        AddCount(parts, job, TaskState.Pending, "waiting");
        parts.Add(Clock(elapsed));
        return string.Join("  ", parts);
    }

    /// <summary>Seconds for people.</summary>
    public static string Elapsed(TimeSpan elapsed) =>
        elapsed < TimeSpan.FromMinutes(2)
            ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)elapsed.TotalMinutes} min {elapsed.Seconds} s");

    /// <summary>A bar for a share.</summary>
    public static string Bar(int done, int total)
    {
        const int Width = 20;
        var filled = total == 0 ? 0 : done * Width / total;
        return "[" + new string('#', filled) + new string('.', Width - filled) + "]";
    }

    // Tenths: what moves faster cannot be read.
    private static string Clock(TimeSpan elapsed) =>
        elapsed < TimeSpan.FromMinutes(2) ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s") : Elapsed(elapsed);

    private static void AddCount(List<string> parts, JobView job, TaskState state, string what)
    {
        var hosts = job.Tasks.Where(task => task.State == state).Select(task => task.Host).ToList();
        if (hosts.Count > 0)
            parts.Add($"{hosts.Count} {what}{(hosts.Count <= MostNames && job.DoneTasks > 0 ? $": {NodeSet.Fold(hosts)}" : "")}");
    }
}
