namespace Fleet.Agent.Scanning;

/// <summary>What standing scans may take, and how often they look.</summary>
internal sealed record ScanOptions
{
    /// <summary>Disk space for findings that are not delivered; beyond it the oldest are counted by template.</summary>
    public long MaxSpoolBytes { get; init; } = 32L << 20;

    /// <summary>Hits of a scan that are reported one by one in a minute, where the scan itself says nothing.</summary>
    public int MaxHitsPerMinute { get; init; } = 1000;

    /// <summary>How much of one processor all scans together may use.</summary>
    public int MaxCpuPercent { get; init; } = 50;

    /// <summary>The same as a share.</summary>
    public double MaxCpuShare => MaxCpuPercent / 100.0;

    /// <summary>A continuous scan looks at its sources so often even where nothing tells it to (network file systems). The default is 10 s.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A source that was just read is left alone so long, whatever happens to it: many writes then cost one look. The default is 100 ms.</summary>
    public TimeSpan MinPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the kernel's ring buffer is looked at by continuous scans. The default is 500 ms.</summary>
    public TimeSpan KernelInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long counts by template are gathered before they are kept and sent. The default is 5 s.</summary>
    public TimeSpan SummaryInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often marks without findings are kept: what was read since is read again after a crash. The default is 10 s.</summary>
    public TimeSpan MarkInterval { get; init; } = TimeSpan.FromSeconds(10);
}
