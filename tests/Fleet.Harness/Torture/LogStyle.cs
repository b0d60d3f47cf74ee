namespace Fleet.Harness.Torture;

/// <summary>A way in which a log is written and rotated.</summary>
/// <param name="Name">Names it, its scan and its directory.</param>
/// <param name="RotateAsync">One rotation.</param>
internal sealed record LogStyle(string Name, Func<StyleRun, Task> RotateAsync)
{
    /// <summary>The live file's name.</summary>
    public string Live { get; init; } = "app.log";

    /// <summary>What the scan follows; null: the live file.</summary>
    public string? Glob { get; init; }

    public LineKind Kind { get; init; }

    public bool Appends { get; init; } = true;

    public bool OpensEachTime { get; init; }

    public bool Halves { get; init; }

    public bool HasHeader { get; init; }

    public bool IsSignalled { get; init; }

    /// <summary>Seconds between two rotations, at least and at most.</summary>
    public (double Least, double Most) Every { get; init; } = (1.5, 6);

    /// <summary>Programs that it needs.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Prepares its directory, or gives another one; null: it cannot be done here.</summary>
    public Func<string, string?> Prepare { get; init; } = directory =>
    {
        Directory.CreateDirectory(directory);
        return directory;
    };

    /// <summary>Undoes that.</summary>
    public Action<string> Leave { get; init; } = _ => { };
}

/// <summary>A style at work.</summary>
internal sealed class StyleRun(LogStyle style, string directory, TorturedLog log, Random random, CancellationToken stop)
{
    public LogStyle Style { get; } = style;

    public string Directory { get; } = directory;

    public TorturedLog Log { get; } = log;

    public Random Random { get; } = random;

    public CancellationToken Stop { get; } = stop;

    public string Path => Log.Path;

    public int Rotations { get; set; }

    public TimeSpan UpTo(double seconds) => TimeSpan.FromSeconds(seconds * Random.NextDouble());

    public string In(string name) => System.IO.Path.Combine(Directory, name);
}
