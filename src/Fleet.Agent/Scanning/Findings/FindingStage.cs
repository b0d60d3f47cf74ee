using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Searching;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;
using Fleet.Protocol.V1;
using Google.Protobuf;
using ScanGap = Fleet.Protocol.V1.ScanGap;

namespace Fleet.Agent.Scanning.Findings;

/// <summary>
/// What was found since the last commit, and how far was read for it. The findings of a step count together with its mark, or not at all.
/// </summary>
/// <remarks>One thread. Nothing here is durable: what is lost with the process is found once more from the last mark that is.</remarks>
internal sealed class FindingStage(string host, TimeProvider time) : IScanSink
{
    private const int LongestText = 8 * 1024;
    private const int MostKinds = 500;
    private const int HitOverhead = 160;

    private readonly HitTemplate _templates = new(host);
    private readonly Dictionary<string, LogMark?> _marks = new(StringComparer.Ordinal);
    private readonly List<Hit> _hits = [];
    private readonly List<ScanGap> _gaps = [];
    private readonly SummaryBook _summaries = new(MostKinds);

    // Of the step that is under way.
    private readonly List<Hit> _stepHits = [];
    private readonly List<ScanGap> _stepGaps = [];
    private readonly SummaryBook _stepSummaries = new(MostKinds);
    private CheckedScan _scan = null!;
    private HitRate _rate = null!;
    private long _takenBefore;
    private long _stepBytes;
    private bool _hasNotes;

    /// <summary>Whether there is anything that should not wait: hits one by one, gaps, or where a log begins.</summary>
    public bool IsUrgent => _hits.Count + _gaps.Count > 0 || _hasNotes;

    /// <summary>Whether hits were counted by template.</summary>
    public bool HasSummaries => _summaries.Count > 0;

    /// <summary>How many kinds of them.</summary>
    public int SummaryCount => _summaries.Count;

    /// <summary>Whether marks moved.</summary>
    public bool HasMarks => _marks.Count > 0;

    /// <summary>Memory that hits take, about.</summary>
    public long Bytes { get; private set; }

    /// <summary>Hits of the step that is under way, one by one or counted.</summary>
    public long StepHits { get; private set; }

    /// <summary>Begins a step of a scan.</summary>
    public void Begin(CheckedScan scan, HitRate rate)
    {
        Discard();
        (_scan, _rate, _takenBefore) = (scan, rate, rate.Taken);
    }

    /// <summary>The step counts, and its log was read up to here.</summary>
    public void Keep(string key, LogMark mark)
    {
        _hits.AddRange(_stepHits);
        _gaps.AddRange(_stepGaps);
        _stepSummaries.MoveTo(_summaries);
        Bytes += _stepBytes;
        _marks[key] = mark;
        Clear();
    }

    /// <summary>The step does not count.</summary>
    public void Discard()
    {
        if (_rate is not null && StepHits > 0)
            _rate.Taken = Math.Min(_rate.Taken, _takenBefore);
        Clear();
    }

    /// <summary>A mark that no step led to: where a log begins.</summary>
    public void Note(string key, LogMark mark) => (_marks[key], _hasNotes) = (mark, true);

    /// <summary>Forgets a log.</summary>
    public void Forget(string key) => _marks[key] = null;

    /// <summary>All that was staged; the stage is empty then.</summary>
    public StagedFindings Take()
    {
        var marks = new List<KeyValuePair<string, string?>>(_marks.Count);
        foreach (var (key, mark) in _marks)
            marks.Add(KeyValuePair.Create(key, mark?.Write()));
        var taken = new StagedFindings(marks, [.. _hits], _summaries.Take(), [.. _gaps]);
        _marks.Clear();
        _hits.Clear();
        _gaps.Clear();
        (Bytes, _hasNotes) = (0, false);
        return taken;
    }

    /// <summary>Takes a hit of the step that is under way.</summary>
    public void Hit(HitId id, in FoundLine line, string unit)
    {
        StepHits++;
        var first = System.Numerics.BitOperations.TrailingZeroCount(line.Patterns);
        first = first < _scan.Severities.Count ? first : 0;
        var pattern = Cut(_scan.Query.Patterns[first].Name);
        var template = _templates.Of(line.Bytes);
        var own = id.Within('h', _scan.Name);
        var writtenUs = LogTime.ToMicroseconds(line.Time);
        var seenUs = LogTime.ToMicroseconds(time.GetUtcNow());
        if (!_rate.TryTake())
        {
            _stepSummaries.Add(_scan.Name, _scan.Revision, pattern, _scan.Severities[first], line.Source, template, own, writtenUs > 0 ? writtenUs : seenUs, line.Bytes);
            return;
        }

        var text = line.Bytes[..Math.Min(line.Bytes.Length, LongestText)];
        _stepBytes += text.Length + template.Length + line.Source.Length + HitOverhead;
        _stepHits.Add(new Hit
        {
            Id = HitIds.ToMessage(own),
            Scan = _scan.Name,
            ScanRevision = _scan.Revision,
            Pattern = pattern,
            Severity = _scan.Severities[first],
            Source = line.Source,
            TimeUs = writtenUs,
            SeenUs = seenUs,
            Text = ByteString.CopyFrom(text),
            Truncated = line.IsCut || text.Length < line.Bytes.Length,
            Offset = (ulong)line.Offset,
            Cursor = line.Cursor ?? "",
            Template = template,
            Unit = Cut(unit),
        });
    }

    /// <summary>Takes a gap of the step that is under way.</summary>
    public void Gap(LogSearch.Scans.ScanGap gap) => _stepGaps.Add(new ScanGap
    {
        Id = HitIds.ToMessage(gap.Id.Within('g', _scan.Name)),
        Scan = _scan.Name,
        Source = gap.Source,
        Cause = GapWords.Of(gap),
        FromOffset = (ulong)gap.FromOffset,
        FromCursor = gap.FromCursor,
        SinceUs = LogTime.ToMicroseconds(gap.Since),
        UntilUs = LogTime.ToMicroseconds(gap.Until),
        LostBytes = (ulong)gap.LostBytes,
        LostLines = (ulong)gap.LostLines,
        MaybeEmpty = gap.MaybeEmpty,
    });

    private void Clear()
    {
        _stepHits.Clear();
        _stepGaps.Clear();
        _stepSummaries.Clear();
        (StepHits, _stepBytes) = (0, 0);
    }

    private static string Cut(string text) => text.Length <= 1024 ? text : text[..1024];
}

/// <summary>What is to be kept and sent.</summary>
/// <param name="Marks">How far each log was read; null: it is followed no more.</param>
/// <param name="Hits">One by one.</param>
/// <param name="Summaries">Counted by template.</param>
/// <param name="Gaps">What was lost.</param>
internal sealed record StagedFindings(
    IReadOnlyList<KeyValuePair<string, string?>> Marks, IReadOnlyList<Hit> Hits, IReadOnlyList<HitSummary> Summaries, IReadOnlyList<ScanGap> Gaps);
