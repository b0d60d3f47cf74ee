using Fleet.Cli.Logs;
using Fleet.Cli.Output;
using Fleet.Cli.Scans.Files;
using Fleet.LogSearch.Files;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Scans;

/// <summary>Looks through a log on this machine as scans would: what they match before they are let loose on a fleet.</summary>
internal static class ScanTrial
{
    public static void Run(Screen screen, IReadOnlyList<ScanDefinition> scans, string path, CancellationToken cancellationToken)
    {
        foreach (var scan in scans)
        {
            var sink = new Sink(screen, scan);
            var outcome = LogSearcher.Run(Query(scan.Order), [new FileSource(path)], sink, cancellationToken);
            if (outcome.Sources is [{ End: SearchEnd.Failed } source])
                throw CommandFailure.Usage($"{path} cannot be searched: {source.Reason}");
            screen.Writer.Flush();
            screen.Note($"{scan.Name} in {path}: {Plural.Of(outcome.Sources.Sum(s => s.Matches), "hit")}");
        }
    }

    /// <summary>What an agent looks for.</summary>
    public static LogQuery Query(ScanOrder order) => new()
    {
        Patterns = [.. order.Patterns.Select(pattern => PatternReader.Of(pattern.Pattern))],
        Not = [.. order.Exclude.Select(PatternReader.Of)],
        JsonFields = [.. order.JsonFields.Select(FieldFilter.Parse)],
        Encoding = order.Encoding == Protocol.V1.LogEncoding.Latin1 ? Fleet.LogSearch.Matching.LogEncoding.Latin1 : Fleet.LogSearch.Matching.LogEncoding.Utf8,
        RecordStart = order.RecordStart is { } start ? PatternReader.Of(start) : null,
    };

    private sealed class Sink(Screen screen, ScanDefinition scan) : IMatchSink
    {
        private readonly List<ByteRange> _ranges = [];

        public void Take(in FoundLine line)
        {
            line.CollectRanges(_ranges);
            var pattern = scan.Order.Patterns[System.Numerics.BitOperations.TrailingZeroCount(line.Patterns)];
            screen.Out.Write($"{TextStyle.Grey}{line.LineNumber}:{TextStyle.Green}{scan.Name}/{pattern.Pattern.Name}{TextStyle.Plain} ");
            HighlightedText.Write(screen.Out, line.Bytes, [.. _ranges.SelectMany(range => (uint[])[(uint)range.Start, (uint)range.Length])]);
            screen.Writer.WriteLine();
        }
    }
}
