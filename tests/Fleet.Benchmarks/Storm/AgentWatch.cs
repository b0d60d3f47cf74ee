using Fleet.Benchmarks.Processes;

namespace Fleet.Benchmarks.Storm;

/// <summary>Looks at an agent again and again: the most memory and disk that it had.</summary>
internal sealed class AgentWatch(int pid, string stateDirectory)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    /// <summary>Resident memory at its highest.</summary>
    public long MostRssBytes { get; private set; }

    /// <summary>What it kept on disk at the most.</summary>
    public long MostDiskBytes { get; private set; }

    /// <summary>Looks until it is told to end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            MostRssBytes = Math.Max(MostRssBytes, ProcessFigures.RssOf(pid));
            MostDiskBytes = Math.Max(MostDiskBytes, Disk());
            await Task.Delay(s_look, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private long Disk()
    {
        var sum = 0L;
        foreach (var file in new DirectoryInfo(stateDirectory).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            try
            {
                sum += file.Length;
            }
            catch (FileNotFoundException)
            {
                // Gone meanwhile.
            }
        }

        return sum;
    }
}
