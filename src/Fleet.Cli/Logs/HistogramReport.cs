using System.Globalization;
using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>Lines over time, of all hosts together, drawn as bars.</summary>
internal sealed class HistogramReport(Screen screen) : ISearchReport
{
    private const int MostRows = 60;
    private const int MostBuckets = 100_000;
    private const int LabelAndNumber = 34;

    private static readonly string[] s_eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

    private readonly SortedDictionary<long, ulong> _counts = [];
    private long _narrowest = long.MaxValue;
    private ulong _undated;

    public void Take(string host, IReadOnlyList<LogResult> results)
    {
        foreach (var histogram in results.Select(result => result.Histogram).OfType<LogHistogram>())
        {
            _undated += histogram.WithoutTime;
            if (histogram.BucketMs <= 0)
                continue;
            _narrowest = Math.Min(_narrowest, histogram.BucketMs);
            for (var i = 0; i < histogram.Counts.Count && _counts.Count < MostBuckets; i++)
            {
                var start = histogram.FirstMs + (i * histogram.BucketMs);
                if (histogram.Counts[i] > 0)
                    _counts[start] = _counts.GetValueOrDefault(start) + histogram.Counts[i];
            }
        }
    }

    public void Finish(JobView job, SearchTally tally, TimeSpan elapsed)
    {
        if (_counts.Count > 0)
            Draw();
        if (_undated > 0)
            screen.Note($"{_undated} {(_undated == 1 ? "line has" : "lines have")} no known time (--time-format)");
        SearchSummary.Write(screen, job, tally, elapsed);
    }

    private void Draw()
    {
        // Rows as wide as the widest host's bars and few enough for a screen; of a round length.
        var (first, last) = (_counts.Keys.First(), _counts.Keys.Last());
        var row = RoundUp(Math.Max(_narrowest, (last - first) / MostRows));
        var rows = new SortedDictionary<long, ulong>();
        foreach (var (start, count) in _counts)
            rows[start / row] = rows.GetValueOrDefault(start / row) + count;
        var largest = rows.Values.Max();
        var width = Math.Clamp(screen.Out.Width - LabelAndNumber, 10, 100);
        for (var at = first / row; at <= last / row; at++)
        {
            var count = rows.GetValueOrDefault(at);
            var eighths = (int)(count * (ulong)width * 8 / largest);
            var bar = new string('█', eighths / 8) + s_eighths[eighths % 8] + (count > 0 && eighths == 0 ? s_eighths[1] : "");
            var label = DateTimeOffset.FromUnixTimeMilliseconds(at * row).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            screen.Out.WriteLine($"{label}  {count,10}  {TextStyle.Blue}{bar}");
        }
    }

    private static long RoundUp(long ms)
    {
        long[] round = [1, 10, 100, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
            3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000];
        return round.FirstOrDefault(length => length >= ms) is var found and > 0 ? found : ms;
    }
}
