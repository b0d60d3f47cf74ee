namespace Fleet.LogSearch.Scans;

/// <summary>One step of reading a log of files: finds the generations again, reads them on, and tells what was lost.</summary>
internal sealed partial class FileTurn
{
    // A writer that was told to reopen its log does so at once; one whose log was simply removed may write to it for long.
    private static readonly TimeSpan s_quietOfOld = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_quietOfLast = TimeSpan.FromSeconds(60);

    // A file's time is that of the kernel's last clock tick, which may lie so far back.
    private static readonly TimeSpan s_clockTick = TimeSpan.FromMilliseconds(20);

    // Between the end of a copy and the cut of the original lies its way to the disk.
    private static readonly TimeSpan s_longestCopying = TimeSpan.FromMinutes(10);

    private readonly string _path;
    private readonly FileMark _from;
    private readonly GenerationReader _reader;
    private readonly DateTimeOffset _takenAt;
    private readonly TimeProvider _time;
    private readonly List<FilePosition> _read = [];
    private readonly LogGeneration? _live;
    private readonly List<LogGeneration> _unlisted;
    private readonly Dictionary<LogGeneration, LogGeneration> _copies = [];

    /// <param name="path">The live file's path.</param>
    /// <param name="from">Where to go on.</param>
    /// <param name="files">The set's files, oldest first.</param>
    /// <param name="held">Files that are still open from before, under whatever name or none.</param>
    /// <param name="reader">Reads on in one file.</param>
    /// <param name="takenAt">Before the files were looked at: dates the next mark.</param>
    /// <param name="time">Dates gaps.</param>
    public FileTurn(string path, FileMark from, List<LogGeneration> files, List<LogGeneration> held, GenerationReader reader, DateTimeOffset takenAt, TimeProvider time)
    {
        _path = path;
        _from = from;
        _reader = reader;
        (_takenAt, _time) = (takenAt, time);
        Files = [.. files];
        _live = files.Find(file => file.Name == path);
        // Removed, or moved to where rotated files are not looked for: they can still be read.
        _unlisted = held.FindAll(file => !files.Contains(file));
        foreach (LogGeneration file in _unlisted)
        {
            file.Refresh(file.Name);
            file.UnlistedAt ??= time.GetTimestamp();
        }
    }

    /// <summary>All that can be read, oldest first, those without a name among them.</summary>
    public List<LogGeneration> Files { get; }

    /// <summary>Files without a name that nothing was written to yet, though something may be.</summary>
    public List<LogGeneration> Awaited { get; } = [];

    /// <summary>Whether a file was begun, or a gap was found: that counts only if no rotation came between.</summary>
    public bool DependsOnOrder { get; private set; }

    /// <summary>Whether a position stands in a file.</summary>
    public static bool Holds(LogGeneration file, FilePosition position) =>
        file.IsNumbered(position) && file.HasHeadOf(position) && file.ReachesTo(position);

    public FollowStep Run(IScanSink sink, CancellationToken cancel)
    {
        _reader.Begin(sink, _from.TakenAt, cancel);
        // 1. Where are the generations that were being read?
        int[] places = Locate();
        FilePosition? newest = _from.Positions.Count == 0 ? null : _from.Positions[^1];
        bool isLost = newest is not null && places[^1] < 0;
        // 2. What was written to them since.
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] >= 0)
            {
                Continue(_from.Positions[i], Files[places[i]], isOver: places[i] < Files.Count - 1);
            }
        }

        // 3. Was something of the newest lost before it was seen?
        bool isCopied = newest is not null && (isLost ? Stays(newest) : IsCopyOf(Files[places[^1]], newest));
        LogGeneration? shortCopy = isLost ? Files.Find(file => IsShortCopy(file, newest!)) : null;
        if (isLost)
        {
            Report(sink, newest!, newest!.Offset, !Stays(newest) ? GapCause.RotatedAway : shortCopy is null ? GapCause.Truncated : GapCause.CopiedAndTruncated);
            if (shortCopy is not null)
            {
                // All of it was read in the original: from now on it is known as that.
                FileFollower.AddRead(_read, shortCopy.At(newest.Generation, shortCopy.IsPacked ? long.MaxValue : shortCopy.Length));
            }
        }
        else if (isCopied)
        {
            Report(sink, newest!, Files[places[^1]] is { IsPacked: false } copy ? copy.Length : newest!.Offset, GapCause.CopiedAndTruncated);
        }

        // 4. What came after it, oldest first. With the place lost, the times tell which files those are.
        long generation = _from.LastGeneration;
        int known = places.DefaultIfEmpty(-1).Max();
        bool byTime = isLost || newest is null || Array.TrueForAll(places, place => place < 0 || _unlisted.Contains(Files[place]));
        PlaceUnread(places, known);
        for (int i = known + 1; i < Files.Count && !_reader.IsSpent; i++)
        {
            LogGeneration file = Files[i];
            if (file == shortCopy || (byTime && file != _live && !_unlisted.Contains(file) && file.ChangedAt + s_clockTick <= _from.TakenAt))
            {
                continue;
            }

            if (IsCopyOfLive(file))
            {
                _reader.Wait();
                continue;
            }

            FilePosition position = _reader.Read(file, generation + 1, 0, isOver: i < Files.Count - 1);
            if (FileFollower.AddRead(_read, position))
            {
                if (IsCopyOfLive(file))
                {
                    // It was empty when it was looked at before, and is being made.
                    throw new LogMovedException($"{file.Name} is a copy that is being made");
                }

                generation++;
                DependsOnOrder = true;
                if (_unlisted.Contains(file))
                {
                    _reader.Wait();
                }

                if (file != _live && ((isCopied && !file.IsNumbered(newest!)) || IsCopyOfStaying(file) || IsBornTooLate(i)))
                {
                    // The file it was is still there, or was: this is a copy of what that held meanwhile.
                    Report(sink, position, position.Offset == long.MaxValue ? 0 : position.Offset, GapCause.CopiedAndTruncated);
                }
            }
        }

        if (generation == _from.LastGeneration + (IsBegun(_live) ? 1 : 0) && !_reader.IsSpent && IsAwaitedGone())
        {
            Report(sink, new FilePosition(_from.LastGeneration + 1, 0, 0, 0, "", "", "", 0), 0, GapCause.RotatedAway);
        }

        return Step(generation);
    }

    private void Continue(FilePosition position, LogGeneration file, bool isOver)
    {
        // Of a packed copy that was read besides its original, which now stands for it, there is nothing left to read.
        if (_reader.IsSpent || (position.Offset == long.MaxValue && !file.IsPacked))
        {
            _read.Add(position);
            return;
        }

        FilePosition read = _reader.Read(file, position.Generation, position.Offset, isOver);
        if (_unlisted.Contains(file))
        {
            if (read == position && _takenAt - file.ChangedAt > (isOver ? s_quietOfOld : s_quietOfLast))
            {
                // Nobody writes to it any more: its space is given back. Where it has a packed copy, that is known as read.
                if (_copies.TryGetValue(file, out LogGeneration? copy))
                {
                    _read.Add(copy.At(position.Generation, long.MaxValue));
                }

                return;
            }

            _reader.Wait();
        }

        FileFollower.AddRead(_read, read);
    }

    /// <summary>Whether the file of a position is still there, if only as an empty one: what else begins as it did is a copy.</summary>
    private bool Stays(FilePosition position) =>
        Files.Exists(file => !_unlisted.Contains(file) && file.IsNumbered(position) && (position.BornStamp != 0 || IsOld(file)));

    // A file made since has only got the number of one that was removed.
    private bool IsOld(LogGeneration file) => file.BornAt <= _from.TakenAt;

    /// <summary>Whether a file that begins as that of a position did is a copy of it: packing makes one too, but of a file that nobody writes to.</summary>
    private bool IsCopyOf(LogGeneration file, FilePosition position) => !file.IsNumbered(position) && (!file.IsPacked || Stays(position));

    /// <summary>Whether a file is a copy that is being made of the live one, whose lines are read there.</summary>
    private bool IsCopyOfLive(LogGeneration file) => file != _live && _live is not null && file.IsCopyOf(_live);

    /// <summary>The live file is still the one that it was, if only an empty one: what was made beside it since is a copy of what it held.</summary>
    private bool IsCopyOfStaying(LogGeneration file) =>
        _live is not null && _from.Live is { } before && before.IsOf(_live.Status) && (before.BornStamp != 0 || IsOld(_live))
        && !_unlisted.Contains(file) && file.BornAt + s_clockTick > _from.TakenAt;

    /// <summary>Whether a file was made after one that is newer by its name, as only a copy of what that one held before can be.</summary>
    private bool IsBornTooLate(int place)
    {
        LogGeneration file = Files[place];
        return !file.IsPacked && !_unlisted.Contains(file) && Files.FindIndex(place + 1, newer => !newer.IsPacked && !_unlisted.Contains(newer)
            && newer.Status.BornStamp != 0 && newer.Status.BornStamp < file.Status.BornStamp) >= 0;
    }

    private bool IsThere(LiveFile? before) => before is not null && Files.Exists(file => !_unlisted.Contains(file) && before.IsOf(file.Status));

    private bool IsBegun(LogGeneration? file) => file is not null && _read.Exists(position => file.IsNumbered(position) && position.Generation > _from.LastGeneration);

    /// <summary>Whether the live file was an empty one that is there no more: what was written to it, if anything, nobody has read.</summary>
    private bool IsAwaitedGone() =>
        _from.Live is { BornStamp: not 0 } before && !IsThere(before) && !_unlisted.Exists(file => before.IsOf(file.Status))
        && !_from.Positions.Any(position => position.Device == before.Device && position.Inode == before.Inode && position.BornStamp == before.BornStamp)
        // An empty one is what became of it.
        && !Files.Exists(file => file != _live && !_unlisted.Contains(file) && file.Status.Length == 0);

    /// <summary>A copy that was taken before the original was read as far as the position, and the original cut or removed afterwards.</summary>
    private bool IsShortCopy(LogGeneration file, FilePosition position) =>
        file != _live && !file.IsNumbered(position) && position.HeadBytes > 0 && file.ChangedAt > _from.TakenAt - s_longestCopying
        && file.BeginsAs(position) && (file.IsPacked || (Stays(position) && file.Length < position.Offset));

    private void Report(IScanSink sink, FilePosition position, long fromOffset, GapCause cause)
    {
        DependsOnOrder = true;
        DateTimeOffset now = _time.GetUtcNow();
        // A clock that was put back meanwhile must not turn the bounds round.
        (DateTimeOffset since, DateTimeOffset until) = _from.TakenAt <= now ? (_from.TakenAt, now) : (now, _from.TakenAt);
        sink.Gap(new ScanGap(HitId.Of('g', _path, (ulong)position.Generation, (ulong)fromOffset, []), _path, cause, since, until) { FromOffset = fromOffset });
    }

    private FollowStep Step(long generation)
    {
        // A live file that is missing just now (between rename and create) leaves the positions as they are.
        FilePosition[] kept = [.. _read.TakeLast(FileFollower.KeptGenerations)];
        // Before all the others were read, it is not that which stayed.
        bool isPart = _reader.State == FollowState.More;
        LiveFile? live = !isPart && _live is not null ? new LiveFile(_live.Status.Device, _live.Status.Inode, _live.Status.BornStamp)
            // Between two files of that name it is the one renamed; one that is gone was followed to its end, is another by now, or said to be lost.
            : IsThere(_from.Live) || (isPart && generation == _from.LastGeneration) ? _from.Live : null;
        // A gap found later may lie between those that were read and those that were not.
        DateTimeOffset takenAt = isPart && _from.TakenAt != DateTimeOffset.MinValue ? _from.TakenAt : _takenAt;
        FileMark next = kept.AsSpan().SequenceEqual(_from.Positions.ToArray()) && generation == _from.LastGeneration && live == _from.Live
            ? _from : new FileMark(kept, generation, takenAt) { Live = live };
        return new FollowStep(next, _reader.State, _reader.BytesRead, _reader.LagBytes);
    }
}
