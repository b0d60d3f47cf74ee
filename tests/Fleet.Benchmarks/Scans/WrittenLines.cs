using Fleet.Benchmarks.Webhooks;
using Fleet.Harness;

namespace Fleet.Benchmarks.Scans;

/// <summary>Writes lines to a log that an agent scans, and takes the time until each is a hit that an operator sees and a message at a webhook.</summary>
/// <param name="log">The log.</param>
/// <param name="hits">`fleet hits --follow --json`: it prints what is in the store, so the hit was stored before.</param>
/// <param name="door">The webhook.</param>
internal sealed class WrittenLines(string log, ChildProcess hits, WebhookDoor door)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_betweenWarmUps = TimeSpan.FromMilliseconds(500);
    private int _lines;

    /// <summary>Writes until the first line comes through: from then on the log is followed.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (door.Taken.Count == 0 || !hits.Output.Contains("probe", StringComparison.Ordinal))
        {
            if (TimeProvider.System.GetElapsedTime(start) > s_patience)
                throw new TimeoutException($"No line became a hit and an alert within {s_patience}. {hits.Output}");
            Write();
            await Task.Delay(s_betweenWarmUps, cancellationToken);
        }
    }

    /// <summary>Writes one line; milliseconds until it was seen as a hit, and until its alert arrived.</summary>
    public async Task<(double Hit, double Alert)> MeasureAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        var word = Write();
        long? hit = null;
        long? alert = null;
        while (hit is null || alert is null)
        {
            if (TimeProvider.System.GetElapsedTime(start) > s_patience)
                throw new TimeoutException($"The line \"{word}\" did not become a hit and an alert within {s_patience}.");
            await Task.Delay(s_look, cancellationToken);
            if (hit is null && hits.Output.Contains(word, StringComparison.Ordinal))
                hit = TimeProvider.System.GetTimestamp();
            alert ??= door.ArrivalOf(word);
        }

        return (Milliseconds(start, hit.Value), Milliseconds(start, alert.Value));
    }

    // Each line is a kind of its own, so it raises an alert of its own: numbers would be masked, so they are written in letters.
    private string Write()
    {
        var word = string.Concat((1000 + _lines++).ToString(System.Globalization.CultureInfo.InvariantCulture).Select(digit => (char)('k' + digit - '0')));
        File.AppendAllText(log, $"{TimeProvider.System.GetUtcNow():O} app[4711]: probe {word} failed\n");
        return word;
    }

    private static double Milliseconds(long start, long end) => TimeProvider.System.GetElapsedTime(start, end).TotalMilliseconds;
}
