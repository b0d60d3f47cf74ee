using Fleet.LogSearch.Priority;

namespace Fleet.LogSearch.Searching;

/// <summary>Keeps count, over all sources of one search, of what the limits allow.</summary>
internal sealed class SearchBudget(SearchLimits limits, CancellationToken cancel)
{
    private readonly TimeSpan _cpuAtStart = limits.CpuTime == TimeSpan.MaxValue ? TimeSpan.Zero : ThreadCpu.Used();
    private long _matches;
    private long _bytes;

    public long BytesLeft => limits.Bytes - _bytes;

    /// <summary>How many matches the next source may report.</summary>
    public long MatchesLeft => Math.Min(limits.MatchesPerSource, limits.Matches - _matches);

    public CancellationToken Cancel => cancel;

    /// <summary>Why the search must stop now, or null when it may go on; asked between chunks.</summary>
    public SearchEnd? Stop(long bytesOfSource)
    {
        if (cancel.IsCancellationRequested)
        {
            return SearchEnd.Cancelled;
        }

        if (bytesOfSource >= BytesLeft)
        {
            return SearchEnd.ByteBudget;
        }

        return limits.CpuTime != TimeSpan.MaxValue && ThreadCpu.Used() - _cpuAtStart > limits.CpuTime ? SearchEnd.CpuBudget : null;
    }

    public void Spend(long matches, long bytes)
    {
        _matches += matches;
        _bytes += bytes;
    }
}
