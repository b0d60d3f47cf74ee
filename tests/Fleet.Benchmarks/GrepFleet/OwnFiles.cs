using Fleet.Benchmarks.Data;
using Fleet.Benchmarks.Figures;

namespace Fleet.Benchmarks.GrepFleet;

/// <summary>A log for each host, below a directory of its own; where disk or memory would not hold that many, hosts share the same bytes by symbolic links.</summary>
internal static class OwnFiles
{
    /// <summary>Of each log.</summary>
    public const long Bytes = 100_000_000;

    /// <summary>The name of each log in its host's directory.</summary>
    public const string Name = "app.log";

    private const int Shared = 20;

    /// <summary>How many different logs can be had: all of them must stay in the page cache, or the disk is measured.</summary>
    public static int Different(int hosts) => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > hosts * Bytes * 2 ? hosts : Math.Min(hosts, Shared);

    /// <summary>Makes them; the directory of each host.</summary>
    public static IReadOnlyList<string> Create(DataDirectory data, int hosts, int different, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < different; i++)
            LogText.Write(data.File($"log{i}"), Bytes, now.AddDays(-1), now, seed: 100 + i, cancellationToken);
        var directories = new List<string>();
        for (var host = 0; host < hosts; host++)
        {
            directories.Add(Directory.CreateDirectory(data.File($"host{host + 1:000}")).FullName);
            File.CreateSymbolicLink(Path.Combine(directories[host], Name), data.File($"log{host % different}"));
        }

        Progress.Say($"{different} logs of {Bytes / 1e6:0} MB for {hosts} hosts");
        return directories;
    }
}
