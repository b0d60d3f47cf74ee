using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>Reads what has been written to a log of files since a mark, wherever rotation has put it meanwhile.</summary>
/// <remarks>A line is delivered when it is whole; a record of several lines when the next one begins, or when nothing was added for a while.</remarks>
public sealed class FileFollower : LogFollower
{
    // A writer goes on in a renamed file until it reopens its log; two rotations later it has.
    internal const int KeptGenerations = 3;

    private const string NotMounted = "its file system is not the one it was on; where that is not mounted in some minutes the log is taken to be lost";

    // A log that somebody writes to is not closed for so long, as a rule.
    private static readonly TimeSpan s_quietOfClosed = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_quietOfLeft = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_oldestAnswer = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_askAgain = TimeSpan.FromMinutes(2);

    // Boots that mount something late are over by then.
    private static readonly TimeSpan s_mountWait = TimeSpan.FromMinutes(5);

    private readonly FollowBuffers _buffers;
    private readonly TimeProvider _time;
    private readonly GenerationReader _reader;
    private readonly MovedFiles _moved;
    private readonly List<SeenFile> _seen = [];
    private readonly List<LogGeneration> _held = [];
    private FileMark? _last;
    private DateTimeOffset _lookedAt;
    private long _lookDoneAt = long.MinValue;
    private long? _unmountedSince;
    private long? _askedAt;
    private long? _leftAt;
    private TimeSpan _askPause = s_quietOfLeft;
    private bool _isSettled;
    private string _fault = "";

    /// <summary>Follows a log.</summary>
    /// <param name="path">The live file's absolute path.</param>
    /// <param name="query">What is a hit; without window, context and limits.</param>
    /// <param name="buffers">Shared with the other followers of the thread.</param>
    /// <param name="time">Dates marks and gaps, and tells quiet.</param>
    public FileFollower(string path, LogQuery query, FollowBuffers buffers, TimeProvider time)
        : base(path)
    {
        if (query.Window.IsBounded || query.Before + query.After > 0 || query.Limits != new SearchLimits())
        {
            throw new LogQueryException("a scan sees each line once, when it is written: it has no window, context or limits");
        }

        _buffers = buffers;
        _time = time;
        _moved = new MovedFiles(path, buffers);
        _reader = new GenerationReader(path, new PreparedQuery(query with { LineNumbers = LineNumbering.None }) { SkipsHoles = true }, buffers, time);
    }

    /// <summary>Whether the files last read stay open between two steps: what is written to them until they are removed, and after, can then still be read. The default is yes.</summary>
    public bool HoldsLiveFile { get; init; } = true;

    /// <summary>Which other logs of the same scan there are, and which files are theirs. The default is none.</summary>
    public FileClaims? Claims { get; init; }

    /// <summary>What happens to the log is seen within this time, unless the agent is held up. The default is 3 s.</summary>
    public TimeSpan Promptness { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How much one step reads, more or less. The default is 256 KiB.</summary>
    public int StepBytes
    {
        get => _reader.StepBytes;
        init => _reader.StepBytes = value;
    }

    /// <inheritdoc/>
    public override LogMark Begin(int lastLines)
    {
        DateTimeOffset takenAt = _time.GetUtcNow();
        using GenerationSet set = GenerationSet.TryOpen(Look(null)) ?? throw new LogMovedException("its files would not stand still");
        if (set.Fault.Length > 0 && set.Fault is not (LogGeneration.Missing or GenerationSet.NoDirectory))
        {
            throw new UnauthorizedAccessException(set.Fault);
        }

        // Backwards from the newest, as far as the lines wanted reach.
        var offsets = new long[set.Files.Count];
        for (int i = offsets.Length - 1; i >= 0; i--)
        {
            LogGeneration file = set.Files[i];
            int found = 0;
            offsets[i] = file.IsPacked ? long.MaxValue : lastLines > 0 ? file.StartOfLast(lastLines, out found) : file.EndOfLines(0);
            lastLines = file.IsPacked ? 0 : Math.Max(0, lastLines - found);
        }

        var positions = new List<FilePosition>();
        for (int i = 0; i < offsets.Length; i++)
        {
            AddRead(positions, set.Files[i].At(positions.Count + 1, offsets[i]));
        }

        if (!set.StandsStill())
        {
            throw new LogMovedException($"{Name} was rotated while its end was looked for");
        }

        var mark = new FileMark(positions.TakeLast(KeptGenerations).ToArray(), positions.Count, takenAt)
        {
            Live = set.Files.Find(file => file.Name == Name) is { } live ? LiveFile.Of(live.Status, set.DirectoryDevice) : null,
        };
        Claims?.Take(Name, mark, []);
        return mark;
    }

    /// <inheritdoc/>
    public override LogMark ParseMark(string text)
    {
        FileMark mark = FileMark.Parse(text);
        Claims?.Take(Name, mark, []);
        return mark;
    }

    /// <inheritdoc/>
    public override void NoteClosed() => _leftAt = _time.GetTimestamp();

    /// <inheritdoc/>
    public override FollowStep Read(LogMark from, IScanSink sink, CancellationToken cancel)
    {
        var mark = (FileMark)from;
        // Taken first: what changes from here on may be unseen.
        DateTimeOffset takenAt = _time.GetUtcNow();
        bool goesOn = ReferenceEquals(mark, _last);
        TimeSpan? writerAge = WriterAge(mark, takenAt);
        if (_isSettled && goesOn && writerAge is null && _seen.TrueForAll(file => _buffers.StatusOf(file.Path) == file.Status))
        {
            _lookedAt = takenAt;
            return new FollowStep(mark, FollowState.CaughtUp, 0, 0, _fault) { LookAgain = AsksBefore(mark) };
        }

        _isSettled = false;
        using GenerationSet? set = Open(mark);
        if (set is null)
        {
            return new FollowStep(mark, FollowState.Waiting, 0, 0, _fault);
        }

        var look = new TurnLook(takenAt, goesOn && _lookedAt > mark.TakenAt ? _lookedAt : mark.TakenAt)
        {
            IsFirst = !goesOn,
            PreviousDoneAt = _lookDoneAt,
            Promptness = Promptness,
            AwaitsMount = _unmountedSince is not { } since || _time.GetElapsedTime(since) < s_mountWait,
            WriterAge = writerAge,
            Claims = Claims,
        };
        var turn = new FileTurn(Name, mark, set, _held, _reader, look, _time);
        FollowStep step = turn.Run(sink, cancel);
        if (turn.DependsOnOrder && !set.StandsStill())
        {
            // All of the set is looked at the next time.
            _seen.Clear();
            throw new LogMovedException($"{Name} was rotated while it was read");
        }

        _lookDoneAt = _time.GetTimestamp();
        _askedAt = turn.HasAsked ? _time.GetTimestamp() : _askedAt;
        if (step.BytesRead > 0 && mark.Positions.Count > 0 && mark.Positions[^1].IsClosed)
        {
            // It is written to by turns, opened each time: that it was closed says less each time.
            _askPause = _askPause * 2 < s_askAgain ? _askPause * 2 : s_askAgain;
        }

        _unmountedSince = turn.AwaitsMount ? _unmountedSince ?? _time.GetTimestamp() : null;
        string? path = NewestOf(mark)?.Path;
        Remember(set, turn, (FileMark)step.Next);
        bool isRenamed = NewestOf((FileMark)step.Next)?.Path is { } now && now != Name && now != path;
        // Who has it open is another question from then on.
        _askedAt = isRenamed ? null : _askedAt;
        // What has no name, and what cannot be seen, tells nothing by the names' statuses.
        _isSettled = step.State == FollowState.CaughtUp && !turn.HasUnlisted && !turn.IsBlind;
        if (step.State == FollowState.CaughtUp && !turn.IsBlind)
        {
            _lookedAt = takenAt;
        }

        // After a restart it is not waited for the next line until it is known whether there can be one.
        bool mayClose = (step.BytesRead > 0 || !goesOn || isRenamed) && HoldsLiveFile;
        return step with
        {
            Fault = _fault = turn.AwaitsMount ? NotMounted : set.Fault,
            LookAgain = AsksBefore((FileMark)step.Next) ?? (mayClose ? s_quietOfClosed + (s_quietOfClosed / 10) : null),
        };
    }

    /// <inheritdoc/>
    public override LogMark Looked(LogMark mark)
    {
        // A log that is gone is forgotten some time after it was written to last.
        if (!ReferenceEquals(mark, _last) || _last is not { Live: not null } last || _lookedAt <= last.TakenAt)
        {
            return mark;
        }

        return _last = last with { TakenAt = _lookedAt };
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _held.ForEach(file => file.Dispose());
        _held.Clear();
        _reader.Dispose();
    }

    /// <summary>A file of which no line was read yet has nothing to be known again by, and is new until it has.</summary>
    internal static bool AddRead(List<FilePosition> positions, FilePosition position)
    {
        if (position.Offset > 0)
        {
            positions.Add(position);
        }

        return position.Offset > 0;
    }

    /// <summary>
    /// Whether it is time to know whether anybody still has the newest file open for writing: soon after somebody closed it; else once it is quiet, and
    /// where somebody has, now and then.
    /// </summary>
    /// <returns>How old the answer may be; null: it is not time.</returns>
    private TimeSpan? WriterAge(FileMark mark, DateTimeOffset now)
    {
        if (!ReferenceEquals(mark, _last) || NewestOf(mark) is not { Status: { } newest } seen || IsKnownClosed(mark.Positions[^1], seen.Path))
        {
            return null;
        }

        TimeSpan quiet = now - DateTimeOffset.UnixEpoch.AddTicks(newest.ChangedStamp / TimeSpan.NanosecondsPerTick);
        TimeSpan? asked = _askedAt is { } at ? _time.GetElapsedTime(at) : null;
        if (quiet > s_quietOfLeft && HasLeft && (asked is null || asked > _askPause))
        {
            return s_quietOfLeft;
        }

        // Clearly younger than the last line; so one look at all processes answers for many files, also where it takes long.
        TimeSpan age = seen.Path != Name || quiet < 2 * s_quietOfLeft ? s_quietOfLeft : quiet - s_quietOfLeft;
        return quiet > s_quietOfClosed && (asked is null || asked > s_askAgain) ? age < s_oldestAnswer ? age : s_oldestAnswer : null;
    }

    private SeenFile? NewestOf(FileMark mark) => mark.Positions.Count == 0 ? null : _seen.Find(file => file.Status is { } status && mark.Positions[^1].IsOf(status));

    /// <summary>Whether nobody had a file open any more under the name that it has: who had it open under its old one, and wrote nothing, may have it still.</summary>
    private bool IsKnownClosed(FilePosition position, string path) => position.IsDone || (position.IsClosed && path == Name);

    /// <summary>Whether somebody has closed the live file and it is not known yet whether anybody else has it.</summary>
    private bool HasLeft => _leftAt is { } left && (_askedAt is not { } asked || asked < left);

    /// <summary>When it is to be looked at again for that.</summary>
    private TimeSpan? AsksBefore(FileMark mark)
    {
        if (!HoldsLiveFile || !HasLeft || mark.Positions.Count == 0 || mark.Positions[^1].IsClosed)
        {
            return null;
        }

        TimeSpan left = _askedAt is { } asked ? _askPause - _time.GetElapsedTime(asked) : TimeSpan.Zero;
        return (left > s_quietOfLeft ? left : s_quietOfLeft) * 1.1;
    }

    private SetLook Look(FileMark? mark) =>
        new(Name, _moved.Names, file => Claims is not null && !(mark?.Knows(file.Status) ?? false) && Claims.IsOthers(Name, file), _held, _buffers);

    /// <summary>
    /// Only the files last read from where they are all still the same, every position is found in them, the latest in the live one, which is the
    /// mark's, and none is held besides: then there can be no newer ones; else all of the set.
    /// </summary>
    private GenerationSet? Open(FileMark mark)
    {
        SetLook look = Look(mark);
        if (ReferenceEquals(mark, _last) && mark.Positions.Count > 0)
        {
            GenerationSet? known = GenerationSet.TryOpen(look, _seen);
            bool isWhole = false;
            try
            {
                isWhole = known?.Files.Find(file => file.Name == Name) is { } live && live.Holds(mark.Positions[^1])
                    && (mark.Live is null || mark.Live.IsOf(live.Status)) && _held.TrueForAll(known.Files.Contains)
                    && mark.Positions.All(position => position.IsDone || known.Files.Exists(file => file.Holds(position)));
                if (isWhole)
                {
                    return known;
                }
            }
            finally
            {
                if (!isWhole)
                {
                    known?.Dispose();
                }
            }
        }

        GenerationSet? set = GenerationSet.TryOpen(look);
        if (set is null || set.IsAway || !_moved.Find(mark, set, _held))
        {
            return set;
        }

        // Some have names out of the set by now.
        set.Dispose();
        return GenerationSet.TryOpen(Look(mark));
    }

    private void Remember(GenerationSet set, FileTurn turn, FileMark next)
    {
        _last = next;
        _seen.Clear();
        _seen.AddRange(set.Files.Where(file => file.Name == Name || next.Positions.Any(file.IsNumbered))
            .Select(file => new SeenFile(file.Name, file.Status)));
        if (!_seen.Exists(file => file.Path == Name))
        {
            _seen.Add(new SeenFile(Name, set.LiveStatus));
        }

        // Files that may still grow stay open, whatever becomes of their names.
        List<LogGeneration> held = HoldsLiveFile ? turn.ToHold(next) : [];
        foreach (LogGeneration given in _held.Except(held))
        {
            given.Dispose();
        }

        set.Files.RemoveAll(held.Contains);
        set.Files.RemoveAll(_held.Contains);
        _held.Clear();
        _held.AddRange(held);
        Claims?.Take(Name, next, _held.Select(file => file.Status));
    }
}
