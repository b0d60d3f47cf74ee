using System.Globalization;

namespace Fleet.Harness.Torture;

/// <summary>Compares what was written with what was stored.</summary>
internal static class TortureLedger
{
    private const int MostExamples = 6;

    // Times of lines are taken beside the writing; those of files are of the kernel's last clock tick.
    private const long SlackUs = 5_000;

    /// <summary>The row of a style.</summary>
    /// <param name="style">Its name.</param>
    /// <param name="logs">Its logs.</param>
    /// <param name="stored">What the controller has.</param>
    /// <param name="sharesGaps">Whether a gap of any of its names counts for all lines: the names are those of one log.</param>
    public static TortureRow Of(string style, IReadOnlyList<TorturedLog> logs, StoredFindings stored, bool sharesGaps)
    {
        var examples = new List<string>();
        var (written, doubled, inGaps, lost, unseen) = (0, 0, 0, 0, 0);
        var inGap = new Dictionary<StoredGap, (long First, long Last)>();
        foreach (var log in logs)
        {
            var lines = log.Written;
            var gaps = stored.Gaps.FindAll(gap => sharesGaps || gap.Source == log.Path);
            written += lines.Count - log.CountedFrom;
            var isRead = Enumerable.Range(0, lines.Count).Select(number => stored.Lines.GetValueOrDefault((log.Name, number))).ToArray();
            var seen = Enumerable.Range(0, lines.Count).Where(number => isRead[number] > 0).Select(number => lines[number].Generation).ToHashSet();
            for (var number = 0; number < lines.Count; number++)
            {
                if (isRead[number] > (number < log.Before ? 0 : 1))
                {
                    doubled += number < log.Before ? 0 : isRead[number] - 1;
                    Example($"{log.Name} line {number} {(number < log.Before ? "stood there before" : $"is stored {isRead[number]} times")}");
                }

                if (isRead[number] > 0 || number < log.CountedFrom)
                    continue;
                var line = lines[number];
                var around = gaps.FindAll(gap => gap.SinceUs <= line.ToUs + SlackUs && line.FromUs - SlackUs <= gap.UntilUs);
                foreach (var gap in around)
                    inGap[gap] = inGap.TryGetValue(gap, out var known) ? (Math.Min(known.First, line.FromUs), Math.Max(known.Last, line.ToUs)) : (line.FromUs, line.ToUs);
                inGaps += around.Count > 0 ? 1 : 0;
                if (around.Count > 0)
                    continue;
                lost++;
                unseen += seen.Contains(line.Generation) ? 0 : 1;
                Example($"{log.Name} line {number} of filling {line.Generation}{(seen.Contains(line.Generation) ? "" : " (unseen)")}, written {Clock(line.FromUs)}, is lost");
            }
        }

        var strange = stored.Strange.Count + logs.Sum(log => Enumerable.Range(0, log.Before).Sum(number => stored.Lines.GetValueOrDefault((log.Name, number))));
        foreach (var text in stored.Strange)
            Example($"stored and never written: {text}");
        var maybe = stored.Gaps.FindAll(gap => gap.Cause.Contains("if anything", StringComparison.Ordinal));
        var cuts = stored.Gaps.FindAll(gap => gap.Cause == "truncated");
        var others = stored.Gaps.Except(maybe).Except(cuts).ToList();
        foreach (var gap in others.Where(gap => !inGap.ContainsKey(gap)))
            Example($"empty gap {Clock(gap.SinceUs)} to {Clock(gap.UntilUs)} of {Path.GetFileName(gap.Source)}: {gap.Cause}");
        return new TortureRow(style, written, doubled, strange, inGaps, lost, unseen, others.Count, others.Count(gap => !inGap.ContainsKey(gap)), cuts.Count, cuts.Count(gap => !inGap.ContainsKey(gap)), maybe.Count, maybe.Count(gap => !inGap.ContainsKey(gap)),
            [.. inGap.Where(entry => !maybe.Contains(entry.Key)).Select(entry => Math.Max(0, entry.Key.UntilUs - entry.Key.SinceUs - (entry.Value.Last - entry.Value.First)) / 1e6)], examples);

        void Example(string text)
        {
            if (examples.Count < MostExamples)
                examples.Add(text);
        }
    }

    private static string Clock(long us) => DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
