using Fleet.Agent.Scanning.Findings;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Scanning.Spool;

internal sealed partial class ScanSpool
{
    private const int BytesPerKind = 16 * 1024;
    private const int LeastKinds = 64;
    private const int MostKinds = 400;
    private const int MostGaps = 1000;

    /// <summary>
    /// Counts by template what the oldest files hold and was never sent. What may have been sent stays as it is: the controller could have it
    /// already, and would count it twice.
    /// </summary>
    private void Summarise_NeedsLock()
    {
        Roll_NeedsLock();
        var victims = Victims();
        if (victims.Count == 0)
            return;

        var reports = _index.All.Where(report => victims.Contains(report.Segment)).ToList();
        var kept = reports.TakeWhile(report => report.Number <= _sent).Select(report => new KeptReport(report.Number, ReadBytes(report))).ToList();
        var merged = reports.Skip(kept.Count).ToList();
        var (from, to) = (merged[0].Number, merged[^1].Number);
        var bytes = Merge(merged).ToByteArray();

        var (first, before) = (victims.MinBy(segment => segment.Index)!, _index.Bytes);
        var segment = new SpoolSegment(_directory, first.Index) { LastNumber = to };
        segment.Write(
        [
            new SpoolEntry.Head(Id, reports[0].Number, _sent, _acknowledged, new Dictionary<string, string>()),
            .. kept.Select(report => new SpoolEntry.Commit(report.Number, [], [report.Bytes])),
            new SpoolEntry.Summary(from, to, bytes),
        ]);
        _segments.RemoveAll(victims.Contains);
        _segments.Insert(0, segment);
        _index.Replace(victims, Places(segment, kept, to, bytes.Length));
        LogSummarised(merged.Count, before);
        foreach (var done in victims.Where(victim => victim != first))
            File.Delete(done.Path);
    }

    /// <summary>The oldest files, as far as half of what may be held; none where nothing can be gained.</summary>
    private HashSet<SpoolSegment> Victims()
    {
        var bySegment = _index.All.ToLookup(report => report.Segment);
        var victims = new HashSet<SpoolSegment>();
        var (sum, unsent) = (0L, 0);
        foreach (var segment in _segments.SkipLast(1))
        {
            if (sum >= _limit / 2 && unsent > 1)
                break;
            victims.Add(segment);
            sum += bySegment[segment].Sum(report => (long)report.Length);
            unsent += bySegment[segment].Count(report => report.Number > _sent);
        }

        return unsent > 1 ? victims : [];
    }

    private ScanReport Merge(List<SpooledReport> places)
    {
        var book = new SummaryBook((int)Math.Clamp(_limit / BytesPerKind, LeastKinds, MostKinds));
        var merged = new ScanReport();
        foreach (var place in places)
        {
            var report = ScanReport.Parser.ParseFrom(ReadBytes(place));
            foreach (var hit in report.Hits)
                book.Add(hit);
            foreach (var summary in report.Summaries)
                book.Add(summary);
            foreach (var gap in report.Gaps.Take(MostGaps - merged.Gaps.Count))
                merged.Gaps.Add(gap);
        }

        merged.Summaries.AddRange(book.Take());
        return merged;
    }

    /// <summary>Where the reports of a segment are that was just written.</summary>
    private static IEnumerable<SpooledReport> Places(SpoolSegment segment, List<KeptReport> kept, ulong last, int lastLength)
    {
        var offset = segment.HeadLength;
        foreach (var (number, bytes) in kept)
        {
            // Nothing stands behind the one report of such a frame.
            offset += SpoolFrame.HeadBytes + new SpoolEntry.Commit(number, [], [bytes]).ToBytes().Length;
            yield return new SpooledReport(number, segment, offset - bytes.Length, bytes.Length);
        }

        yield return new SpooledReport(last, segment, segment.Length - lastLength, lastLength);
    }

    private sealed record KeptReport(ulong Number, byte[] Bytes);
}
