namespace Fleet.Agent.Journal;

/// <summary>Counts what the journal's files take on disk. For all threads.</summary>
internal sealed class JournalUsage
{
    private long _bytes;
    private long _limitBytes;

    /// <param name="limitBytes">What the files may take together.</param>
    public JournalUsage(long limitBytes) => _limitBytes = limitBytes;

    /// <summary>What the files may take together; few small records may go beyond it, output never.</summary>
    public long LimitBytes
    {
        get => Interlocked.Read(ref _limitBytes);
        set => Interlocked.Exchange(ref _limitBytes, value);
    }

    /// <summary>What they take.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>What records may take in memory besides.</summary>
    public FreshBudget Fresh { get; } = new();

    /// <summary>Whether nothing more than the ends of running tasks may be added.</summary>
    public bool IsFull => Bytes >= LimitBytes;

    /// <summary>Adds, or takes away where negative.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
