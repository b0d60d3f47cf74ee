using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;

namespace Fleet.LogSearch.Kernel;

/// <summary>The kernel's ring buffer, as far as it goes back; each record is a line with its time and priority before it.</summary>
public sealed class KernelSource : LogSource
{
    private readonly string _device;

    /// <summary>Names the ring buffer.</summary>
    /// <param name="device">The device it is read from. The default is <c>/dev/kmsg</c>.</param>
    public KernelSource(string device = "/dev/kmsg") : base("kernel") => _device = device;

    internal override SourceOutcome Search(PreparedQuery prepared, SearchBudget budget, IMatchSink sink)
    {
        using var lines = new MemoryStream();
        DateTimeOffset boot = KernelClock.BootTime();
        foreach (KernelRecord record in KernelRing.ReadAll(_device))
        {
            record.WriteLine(lines, boot);
        }

        lines.Position = 0;
        var reader = TimestampReader.Create(new TimestampOptions { Form = TimestampForm.Iso8601 }, [], boot);
        LineTimes? times = prepared.NeedsTimes && reader is not null ? new LineTimes(reader, prepared.Query.Window, inOrder: true) : null;
        var window = new LineWindow(lines, 0, Math.Min(lines.Length, budget.BytesLeft), prepared.Query.LineNumbers);
        var search = new StreamSearch(prepared, budget, Name, window, times, sink);
        SearchEnd end = search.Run();
        string reason = end == SearchEnd.Complete ? "" : "stopped early: " + end;
        return new SourceOutcome(Name, end, reason, search.Matches, search.MatchesByPattern, window.BytesRead);
    }
}
