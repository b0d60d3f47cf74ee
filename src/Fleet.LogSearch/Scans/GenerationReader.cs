using Fleet.LogSearch.Files;
using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;

namespace Fleet.LogSearch.Scans;

/// <summary>Reads on in one file of a log: whole lines, whole records, no more of them in a step than fits its turn.</summary>
internal sealed class GenerationReader(string path, PreparedQuery prepared, FollowBuffers buffers, TimeProvider time) : IDisposable
{
    private const int SampleBytes = 4096;
    private const int TailBytes = 64;

    // The first line of a stack trace comes with the others, or not at all.
    private static readonly TimeSpan s_recordQuiet = TimeSpan.FromSeconds(1);

    // A file that was rotated away gets no more of its last line once nothing came for so long.
    private static readonly TimeSpan s_lineQuiet = TimeSpan.FromSeconds(5);

    // While its writer still has it open, half a line is likely to be completed.
    private static readonly TimeSpan s_lineQuietOfWriter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_timeFormHolds = TimeSpan.FromHours(1);

    private readonly Dictionary<long, (long Length, long Since)> _still = [];
    private PackedReading? _packed;
    private (long Generation, long At, TimestampReader? Reader) _timeForm;
    private IScanSink _sink = null!;
    private CancellationToken _cancel;
    private DateTimeOffset _since;
    private long _left;
    private bool _isWaiting;
    private bool _hasMore;

    /// <summary>How much one step reads, more or less.</summary>
    public int StepBytes { get; set; } = 256 * 1024;

    public long BytesRead { get; private set; }

    public long LagBytes { get; private set; }

    /// <summary>Whether the step has read its fill.</summary>
    public bool IsSpent => _left <= 0;

    public FollowState State => _hasMore || IsSpent ? FollowState.More : _isWaiting ? FollowState.Waiting : FollowState.CaughtUp;

    /// <summary>A new step.</summary>
    /// <param name="sink">Takes what is found.</param>
    /// <param name="since">When the log was read last: what is lost was written after that.</param>
    /// <param name="cancel">Ends it.</param>
    public void Begin(IScanSink sink, DateTimeOffset since, CancellationToken cancel)
    {
        (_sink, _cancel, _since, _left) = (sink, cancel, since, StepBytes);
        (BytesRead, LagBytes, _isWaiting, _hasMore) = (0, 0, false, false);
    }

    /// <summary>Something has to be looked at again before long.</summary>
    public void Wait() => _isWaiting = true;

    /// <summary>Delivers what stands behind an offset; gives the place up to which it did.</summary>
    /// <param name="file">The file.</param>
    /// <param name="generation">Its number within the log.</param>
    /// <param name="isOver">Whether a newer file has taken its place.</param>
    /// <param name="place">Where it was read up to; null where nothing was read yet.</param>
    public FilePosition Read(LogGeneration file, long generation, bool isOver, FilePosition? place)
    {
        long from = place?.Offset ?? 0;
        if (file.IsPacked)
        {
            return from == long.MaxValue ? file.At(generation, from) : ReadPacked(file, generation, from);
        }

        long length = file.NoteLength();
        long end = End(file, generation, from, length, isOver);
        Span<byte> ending = stackalloc byte[TailBytes], endingNow = stackalloc byte[TailBytes];
        ReadOnlySpan<byte> before = file.EndingAt(end, ending);
        long at = end > from ? ReadPlain(file, generation, from, end) : from;
        LagBytes += length - at;
        _hasMore |= at < end;
        FilePosition position = file.At(generation, at);
        // Asked last: what the position says of the file must be true of the same file that was read. A program may change its first bytes in place.
        // One that was cut and filled again before its beginning was looked at does not stand where it was read up to.
        bool isSame = (place is null || file.StillHolds(place))
            && (file.StillBeginsSo() || (place?.Tail.Length > 0 && file.Status.BornStamp != 0 && before.SequenceEqual(file.EndingAt(end, endingNow))));
        if (!isSame || file.Length < at)
        {
            throw file.Cut();
        }

        return position;
    }

    public void Dispose()
    {
        _packed?.Dispose();
        _packed = null;
    }

    /// <summary>Up to where it can be read now: partial lines and unfinished records wait.</summary>
    private long End(LogGeneration file, long generation, long from, long length, bool isOver)
    {
        long end = length > from ? file.EndOfLines(from) : from;
        bool isPartial = end < length;
        if (!(isPartial && isOver) && (prepared.Records is null || end == from))
        {
            _still.Remove(generation);
            return end;
        }

        TimeSpan still = StillFor(generation, length);
        if (isPartial && isOver)
        {
            bool waits = still < s_lineQuiet || (still < s_lineQuietOfWriter && file.WrittenBy(time) is WriterState.Some or WriterState.NotYet);
            _isWaiting |= waits;
            end = waits ? end : length;
        }

        if (prepared.Records is not null && end > from && still < s_recordQuiet)
        {
            _isWaiting = true;
            return RecordTail.LastStart(file, prepared.Records, from, end, buffers);
        }

        return end;
    }

    private TimeSpan StillFor(long generation, long length)
    {
        if (!_still.TryGetValue(generation, out (long Length, long Since) before) || before.Length != length)
        {
            _still[generation] = before = (length, time.GetTimestamp());
        }

        return time.GetElapsedTime(before.Since);
    }

    private long ReadPlain(LogGeneration file, long generation, long from, long end)
    {
        long text = file.TextFrom(from, end);
        var window = new LineWindow(file.OpenFrom(text), text, end - text, LineNumbering.None, buffers.Window) { SkipsHoles = true };
        Search(window, file, generation, text);
        return window.BufferOffset + window.End;
    }

    private FilePosition ReadPacked(LogGeneration file, long generation, long from)
    {
        PackedReading? before = _packed;
        bool goesOn = before is not null && before.IsAt(file, generation, from);
        if (!goesOn)
        {
            Dispose();
        }

        PackedReading reading = goesOn ? before! : new PackedReading(file, generation, from);
        // One that fails half-way stands behind its offset: what lies between would be passed over the next time.
        _packed = null;
        try
        {
            SearchEnd ended = Search(reading.Window, file, generation, from);
            if (ended == SearchEnd.Complete)
            {
                return file.At(generation, long.MaxValue);
            }

            _hasMore = true;
            reading.Offset = reading.Window.BufferOffset + reading.Window.End;
            _packed = reading;
            return file.At(generation, reading.Offset);
        }
        catch (InvalidDataException) when (StillFor(generation, file.Status.Length) >= s_lineQuiet)
        {
            // Nobody is writing it any more, so it stays damaged: what came after it must not wait for that.
            long offset = reading.Window.BufferOffset + reading.Window.End;
            DateTimeOffset now = time.GetUtcNow();
            _sink.Gap(new ScanGap(HitId.Of('g', path, (ulong)generation, (ulong)offset, []), path, GapCause.Damaged, _since < now ? _since : now, now) { FromOffset = offset });
            return file.At(generation, long.MaxValue);
        }
        finally
        {
            if (_packed is null)
            {
                reading.Dispose();
            }
        }
    }

    private SearchEnd Search(LineWindow window, LogGeneration file, long generation, long from)
    {
        long before = window.BytesRead;
        // The budget counts from the window's beginning, which a packed file keeps through several steps.
        var budget = new SearchBudget(new SearchLimits { Bytes = before + _left }, _cancel);
        var search = new StreamSearch(prepared, budget, path, window, Times(file, generation, from), new WithIdentity(path, generation, _sink));
        SearchEnd ended;
        do
        {
            // A line too long to be held is gone through to its end: a mark can only stand between lines.
            ended = search.Run();
        }
        while (ended == SearchEnd.ByteBudget && window.Kind == WindowKind.Piece);
        _cancel.ThrowIfCancellationRequested();
        BytesRead += window.BytesRead - before;
        _left -= window.BytesRead - before;
        return ended;
    }

    private LineTimes? Times(LogGeneration file, long generation, long from)
    {
        if (_timeForm.Reader is null || _timeForm.Generation != generation || time.GetElapsedTime(_timeForm.At) > s_timeFormHolds)
        {
            Span<byte> sample = stackalloc byte[SampleBytes];
            // A packed file's times are like those of the file it was.
            TimestampReader? reader = file.IsPacked ? _timeForm.Reader
                : TimestampReader.Create(new TimestampOptions(), sample[..file.ReadAt(sample, from)], file.ChangedAt);
            _timeForm = (generation, time.GetTimestamp(), reader);
        }

        return _timeForm.Reader is { } form ? new LineTimes(form, TimeWindow.Any, inOrder: false) : null;
    }

    private sealed class WithIdentity(string path, long generation, IScanSink sink) : IMatchSink
    {
        public void Take(in FoundLine line)
        {
            int end = line.Bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> first = end < 0 ? line.Bytes : line.Bytes[..end];
            sink.Hit(HitId.Of('l', path, (ulong)generation, (ulong)line.Offset, first), line, "");
        }
    }
}
