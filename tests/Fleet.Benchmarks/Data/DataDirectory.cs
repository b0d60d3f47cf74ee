using Fleet.Benchmarks.Figures;

namespace Fleet.Benchmarks.Data;

/// <summary>Where large files of a measurement are; they are deleted with it unless they are to be kept.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const long MustStayFree = 5L << 30;

    private DataDirectory(string path) => Path = path;

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>Makes one below the directory that was chosen for data.</summary>
    /// <param name="options">--dir.</param>
    /// <param name="bytes">What it will hold: where that would leave too little on the disk, nothing is begun.</param>
    public static DataDirectory Create(BenchOptions options, long bytes)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var free = new DriveInfo(options.DataDirectory).AvailableFreeSpace;
        if (free < bytes + MustStayFree)
            throw new InvalidOperationException($"{options.DataDirectory} has {free / 1e9:0} GB free, {(bytes + MustStayFree) / 1e9:0} GB are needed; --dir names another directory.");
        Progress.Say($"{bytes / 1e9:0.#} GB of data for {options.DataDirectory}");
        return new DataDirectory(Directory.CreateDirectory(System.IO.Path.Combine(options.DataDirectory, $"data-{Environment.ProcessId}")).FullName);
    }

    /// <summary>The path of a file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Keeps it under another path.</summary>
    public void MoveTo(string path) => Directory.Move(Path, path);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
