using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Scans;

/// <summary>One step of reading a log of files: finds the generations again, reads them on, and tells what was lost.</summary>
internal sealed partial class FileTurn
{
    // A writer that was told to reopen its log does so at once; one whose log was simply removed may write to it for long.
    private static readonly TimeSpan s_quietOfOld = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_quietOfLast = TimeSpan.FromSeconds(60);

    // Where it cannot be seen who has a removed file open: quiet for so long, it is taken to be at its end should the agent be restarted.
    private static readonly TimeSpan s_quietOfRemoved = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_longestAbsence = TimeSpan.FromDays(1);

    // After an absence so long much may have happened to a file that nobody had open.
    private static readonly TimeSpan s_longestCleaning = TimeSpan.FromMinutes(10);

    // A file's time is that of the kernel's last clock tick, which may lie so far back.
    private static readonly TimeSpan s_clockTick = TimeSpan.FromMilliseconds(20);

    // Between the end of a copy and the cut of the original lies its way to the disk.
    private static readonly TimeSpan s_longestCopying = TimeSpan.FromMinutes(10);

    private readonly string _path;
    private readonly FileMark _from;
    private readonly GenerationSet _set;
    private readonly GenerationReader _reader;
    private readonly TurnLook _look;
    private readonly DateTimeOffset _since;
    private readonly TimeProvider _time;
    private readonly List<FilePosition> _read = [];
    private readonly LogGeneration? _live;
    private readonly List<LogGeneration> _unlisted;
    private readonly List<LogGeneration> _released = [];
    private readonly Dictionary<LogGeneration, LogGeneration> _copies = [];
    private bool _hasEnd;

    /// <param name="path">The live file's path.</param>
    /// <param name="from">Where to go on.</param>
    /// <param name="set">The set's files.</param>
    /// <param name="held">Files that are still open from before, under whatever name or none.</param>
    /// <param name="reader">Reads on in one file.</param>
    /// <param name="look">When and how it is looked at.</param>
    /// <param name="time">Dates gaps.</param>
    public FileTurn(string path, FileMark from, GenerationSet set, List<LogGeneration> held, GenerationReader reader, TurnLook look, TimeProvider time)
    {
        (_path, _from, _set, _reader, _look, _time) = (path, from, set, reader, look, time);
        _since = look.Since;
        // Another file may have got such a name meanwhile: it is none of this log.
        Files = set.Files.FindAll(file => !set.IsMoved(file) || from.Positions.Any(file.IsNumbered));
        _live = Files.Find(file => file.Name == path);
        Files.ForEach(file => file.MovedAt = file == _live ? null : file.MovedAt ?? time.GetTimestamp());
        // Removed, or moved to where rotated files are not looked for: they can still be read.
        _unlisted = held.FindAll(file => !set.Files.Contains(file));
        foreach (LogGeneration file in _unlisted)
        {
            file.Refresh(file.Name);
            // While names cannot be seen none is missing.
            if (!set.IsAway && file.UnlistedAt is null)
            {
                file.UnlistedAt = time.GetTimestamp();
            }

            file.RemovedAt ??= file.Status.Links == 0 ? time.GetTimestamp() : null;
        }
    }

    /// <summary>All that can be read, oldest first, those without a name among them.</summary>
    public List<LogGeneration> Files { get; }

    /// <summary>Files without a name that nothing was written to yet, though something may be.</summary>
    public List<LogGeneration> Awaited { get; } = [];

    /// <summary>Whether a file was begun, or a gap was found: that counts only if no rotation came between.</summary>
    public bool DependsOnOrder { get; private set; }

    /// <summary>Whether a file may only be missing because its file system is.</summary>
    public bool AwaitsMount { get; private set; }

    /// <summary>Whether it is known by now whether anybody has the live file open for writing.</summary>
    public bool HasAsked { get; private set; }

    /// <summary>Whether not all of the log can be seen now.</summary>
    public bool IsBlind => IsAway || AwaitsMount || _set.Unreadable.Exists(_from.Knows);

    /// <summary>Whether there are files without a name that are still being read.</summary>
    public bool HasUnlisted => _unlisted.Exists(file => !_released.Contains(file));

    /// <summary>The files that stay open after this step: what is written to them later can be read whatever becomes of their names.</summary>
    public List<LogGeneration> ToHold(FileMark next) =>
        [.. Files.FindAll(file => !file.IsPacked && !_released.Contains(file) && (file == _live || next.Positions.Any(file.IsNumbered))), .. Awaited];

    public FollowStep Run(IScanSink sink, CancellationToken cancel)
    {
        _reader.Begin(sink, _since, cancel);
        // 1. Where are the generations that were being read?
        int[] places = Locate();
        FilePosition? newest = _from.Positions.Count == 0 ? null : _from.Positions[^1];
        bool isUnplaced = newest is not null && places[^1] < 0;
        bool isLost = isUnplaced && !newest!.IsDone && !IsOutOfSight(newest) && !IsCleanedUp(newest);
        if ((isLost || IsAwaitedGone()) && MayBeUnmounted())
        {
            AwaitsMount = true;
            return new FollowStep(_from, FollowState.CaughtUp, 0, 0);
        }

        // 2. What was written to them since. What cannot be seen, and what nothing more is expected of, stays as it is.
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] >= 0)
            {
                Continue(_from.Positions[i], Files[places[i]], isOver: places[i] < Files.Count - 1);
            }
            else if (!isLost || i < places.Length - 1)
            {
                Keep(_from.Positions[i]);
            }
        }

        // 3. Was something of the newest lost before it was seen?
        bool isCopied = newest is not null && (isLost ? Stays(newest) : !isUnplaced && IsCopyOf(Files[places[^1]], newest));
        LogGeneration? shortCopy = isLost ? Files.Find(file => IsShortCopy(file, newest!)) : null;
        if (isLost)
        {
            Report(sink, newest!, newest!.Offset, !Stays(newest) ? GapCause.RotatedAway : shortCopy is null ? GapCause.Truncated : GapCause.CopiedAndTruncated, shortCopy);
            if (shortCopy is not null)
            {
                // All of it was read in the original: from now on it is known as that.
                FileFollower.AddRead(_read, shortCopy.At(newest.Generation, shortCopy.IsPacked ? long.MaxValue : shortCopy.Length));
            }
            else if (!Stays(newest))
            {
                // Should it come back after all, only what was written since is new.
                _read.Add(newest with { IsDone = true });
            }
        }
        else if (isCopied)
        {
            LogGeneration copy = Files[places[^1]];
            Report(sink, newest!, copy.IsPacked ? newest!.Offset : copy.Length, GapCause.CopiedAndTruncated, copy);
        }

        // 4. What came after it, oldest first. With the place lost, the times tell which files those are.
        long generation = _from.LastGeneration;
        int known = places.DefaultIfEmpty(-1).Max();
        bool byTime = isUnplaced || newest is null || Array.TrueForAll(places, place => place < 0 || !IsInOrder(Files[place]));
        PlaceUnread(places, known);
        LogGeneration? last = LastBefore(known);
        List<LogGeneration> copiesOfLive = [];
        for (int i = known + 1; i < Files.Count && !_reader.IsSpent; i++)
        {
            LogGeneration file = Files[i];
            if (file == shortCopy || (byTime && file != _live && !_unlisted.Contains(file) && file.ChangedAt + s_clockTick <= _since))
            {
                continue;
            }

            if (IsCopyOfLive(file))
            {
                copiesOfLive.Add(file);
                _reader.Wait();
                continue;
            }

            if (last is not null && HasSkipped(last, file))
            {
                ReportSkipped(sink, generation, file);
            }

            last = IsPlaced(file) ? null : file;
            FilePosition position = _reader.Read(file, generation + 1, isOver: i < Files.Count - 1, place: null);
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
                    Report(sink, position, position.Offset == long.MaxValue ? 0 : position.Offset, GapCause.CopiedAndTruncated, file);
                }
            }
        }

        if (copiesOfLive.Find(file => !IsCopyOfLive(file)) is { } passed)
        {
            // The live one was cut after its copy was passed over: what was in it is there alone.
            throw new LogMovedException($"{passed.Name} holds what {_path} held");
        }

        if (generation == _from.LastGeneration + (IsBegun(_live) ? 1 : 0) && !_reader.IsSpent && IsAwaitedGone())
        {
            Report(sink, new FilePosition(_from.LastGeneration + 1, 0, 0, 0, "", "", "", 0), 0, GapCause.RotatedAway, null);
        }

        if (isUnplaced && !newest!.IsDone && !isLost && !IsAway && generation > _from.LastGeneration)
        {
            // It is there and not to be read, and a newer one is: what comes of it, if anything, comes late.
            Report(sink, newest, newest.Offset, GapCause.RotatedAway, null);
        }

        return Step(generation);
    }

    /// <summary>Whether the log may be where it cannot be seen. A directory that does not come back takes its logs with it in the end.</summary>
    private bool IsAway => _set.IsAway && _look.TakenAt - _since < s_longestAbsence;

    private void Keep(FilePosition position) => _read.Add(IsOutOfSight(position) ? position : position with { IsDone = true });

    /// <summary>Reads on in a file.</summary>
    private void Continue(FilePosition position, LogGeneration file, bool isOver)
    {
        // Of a packed copy that was read besides its original, which now stands for it, there is nothing left to read.
        if (_reader.IsSpent || (position.Offset == long.MaxValue && !file.IsPacked))
        {
            _read.Add(position);
            return;
        }

        bool isUnlisted = _unlisted.Contains(file) && !IsAway;
        // Asked before it is read: what is written later is written by somebody who is seen.
        WriterState writer = isUnlisted ? file.WrittenBy(_time) : WriterState.Some;
        FilePosition read = _reader.Read(file, position.Generation, isOver, position);
        bool isUnchanged = read == position with { IsDone = false, IsClosed = false };
        bool closes = isUnchanged && IsClosed(file);
        // Of a file with another name that nobody has open any more nothing is expected, whatever becomes of it: who writes by the name writes to another.
        bool isDone = isUnchanged && file != _live && !isUnlisted && (closes || (position.IsDone && position.IsClosed));
        read = read with { IsClosed = isUnchanged && (position.IsClosed || closes), IsDone = isDone };
        _hasEnd |= (read.IsClosed && !position.IsClosed) || (isDone && !position.IsDone);
        if (isUnlisted && IsAtItsEnd(file, read, isUnchanged, writer, isOver) is { } end)
        {
            _hasEnd |= !position.IsDone;
            _released.Add(file);
            // Where it has a packed copy, that is known as read.
            if (_copies.TryGetValue(file, out LogGeneration? copy))
            {
                _read.Add(copy.At(position.Generation, long.MaxValue));
            }
            else if (end == FileEnd.Elsewhere)
            {
                _read.Add(read with { IsDone = true });
            }

            return;
        }

        if (isUnlisted)
        {
            read = read with { IsDone = IsQuietEnough(file, writer) && file.Length == read.Offset };
            _hasEnd |= read.IsDone && !position.IsDone;
            // Who is seen to have it is waited for without end, and looked at by the clock.
            if (writer != WriterState.Some)
            {
                _reader.Wait();
            }
        }

        FileFollower.AddRead(_read, read);
    }

    /// <summary>Whether nothing more can come of a file without a name here, so that it need not stay open; null: something can.</summary>
    private FileEnd? IsAtItsEnd(LogGeneration file, FilePosition read, bool isUnchanged, WriterState writer, bool isOver)
    {
        bool isRemoved = file.Status.Links == 0;
        if (isRemoved && writer == WriterState.None && file.Length == read.Offset)
        {
            return FileEnd.Removed;
        }

        // Nobody writes to it any more, as far as can be seen: its space is given back.
        bool isQuiet = isUnchanged && _look.TakenAt - file.ChangedAt > (isOver ? s_quietOfOld : s_quietOfLast);
        return !isQuiet || writer is WriterState.Some or WriterState.NotYet ? null : isRemoved ? FileEnd.Removed : FileEnd.Elsewhere;
    }

    private bool IsQuietEnough(LogGeneration file, WriterState writer) =>
        writer == WriterState.None || (writer == WriterState.Unknown && _look.TakenAt - file.ChangedAt > s_quietOfRemoved && _time.GetElapsedTime(file.UnlistedAt!.Value) > s_quietOfRemoved);

    /// <summary>Whether the newest file that was read, whatever it is called now, is one that nobody writes to any more.</summary>
    private bool IsClosed(LogGeneration file)
    {
        if (_look.WriterAge is not { } age || !file.IsNumbered(_from.Positions[^1]) || _unlisted.Contains(file) || file.Length > file.Status.Length)
        {
            return false;
        }

        WriterState writer = file.WrittenBy(_time, age);
        if (writer == WriterState.NotYet)
        {
            _reader.Wait();
        }

        HasAsked = writer != WriterState.NotYet;
        return writer == WriterState.None;
    }

    /// <summary>
    /// Whether a file is gone that nobody wrote to any more, and nothing has its name, or another log's file has: the logs of jobs are removed like
    /// that. One that was written to by turns would be there anew.
    /// </summary>
    private bool IsCleanedUp(FilePosition position) =>
        position.IsClosed && _live is null && !_set.HasLive && _look.TakenAt - _since < s_longestCleaning;

    /// <summary>Whether the log is gone and nothing came after it, as the logs of jobs are removed, rather than replaced by newer files.</summary>
    private bool IsRemoved(GapCause cause) =>
        cause == GapCause.RotatedAway && _live is null && !_set.HasLive && !Files.Exists(file => file.ChangedAt > _since);

    /// <summary>Whether it says nothing that a position's file is not found: it may be there.</summary>
    private bool IsOutOfSight(FilePosition position) => IsAway || _set.Unreadable.Exists(position.IsOf);

    /// <summary>Whether another file system is where the log's was: that one may be mounted later.</summary>
    private bool MayBeUnmounted()
    {
        ulong before = _from.Live is { DirectoryDevice: not 0 } live ? live.DirectoryDevice : _from.Positions.Count > 0 ? _from.Positions[^1].Device : 0;
        return _look.AwaitsMount && before != 0 && _set.DirectoryDevice != 0 && before != _set.DirectoryDevice;
    }

    /// <summary>Whether a file's name tells its place among the others.</summary>
    private bool IsInOrder(LogGeneration file) => !_unlisted.Contains(file) && !_set.IsMoved(file);

    /// <summary>Whether the file of a position is still there, if only as an empty one: what else begins as it did is a copy.</summary>
    private bool Stays(FilePosition position) =>
        Files.Exists(file => !_unlisted.Contains(file) && file.IsNumbered(position) && (position.BornStamp != 0 || IsOld(file)));

    // A file made since has only got the number of one that was removed.
    private bool IsOld(LogGeneration file) => file.BornAt <= _since;

    /// <summary>Whether a file that begins as that of a position did is a copy of it: packing makes one too, but of a file that nobody writes to.</summary>
    private bool IsCopyOf(LogGeneration file, FilePosition position) => !file.IsNumbered(position) && (!file.IsPacked || Stays(position));

    /// <summary>Whether a file is a copy that is being made of the live one, whose lines are read there.</summary>
    private bool IsCopyOfLive(LogGeneration file) => file != _live && _live is not null && file.IsCopyOf(_live);

    /// <summary>The live file is still the one that it was, if only an empty one: what was made beside it since is a copy of what it held.</summary>
    private bool IsCopyOfStaying(LogGeneration file) =>
        _live is not null && _from.Live is { } before && before.IsOf(_live.Status) && (before.BornStamp != 0 || IsOld(_live))
        && !_unlisted.Contains(file) && file.BornAt + s_clockTick > _since;

    /// <summary>Whether a file was made after one that is newer by its name, as only a copy of what that one held before can be.</summary>
    private bool IsBornTooLate(int place)
    {
        LogGeneration file = Files[place];
        return !file.IsPacked && IsInOrder(file) && Files.FindIndex(place + 1, newer => !newer.IsPacked && IsInOrder(newer)
            && newer.Status.BornStamp != 0 && newer.Status.BornStamp < file.Status.BornStamp) >= 0;
    }

    private bool IsThere(LiveFile? before) => before is not null && Files.Exists(file => !_unlisted.Contains(file) && before.IsOf(file.Status));

    private bool HasPlace(LiveFile? file) => file is not null && _read.Concat(_from.Positions).Any(position => position.IsOf(file.ToStatus()));

    private bool IsBegun(LogGeneration? file) => file is not null && _read.Exists(position => file.IsNumbered(position) && position.Generation > _from.LastGeneration);

    /// <summary>Whether the live file was an empty one that is there no more: what was written to it, if anything, nobody has read.</summary>
    private bool IsAwaitedGone() =>
        !IsAway && _from.Live is { BornStamp: not 0 } before && !IsThere(before) && !_unlisted.Exists(file => before.IsOf(file.Status))
        && !_set.Unreadable.Exists(before.IsOf)
        && !_from.Positions.Any(position => position.Device == before.Device && position.Inode == before.Inode && position.BornStamp == before.BornStamp)
        // An empty one is what became of it.
        && !HasEmptyOne();

    private bool HasEmptyOne() => Files.Exists(file => file != _live && !_unlisted.Contains(file) && file.IsEmpty);

    /// <summary>A copy that was taken before the original was read as far as the position, and the original cut or removed afterwards.</summary>
    private bool IsShortCopy(LogGeneration file, FilePosition position) =>
        file != _live && !file.IsNumbered(position) && position.HeadBytes > 0 && file.ChangedAt > _since - s_longestCopying
        && file.BeginsAs(position) && (file.IsPacked || (Stays(position) && file.Length < position.Offset));

    private void Report(IScanSink sink, FilePosition position, long fromOffset, GapCause cause, LogGeneration? copy)
    {
        DateTimeOffset now = _time.GetUtcNow();
        // All that was written before a copy was begun is in it.
        DateTimeOffset since = copy is { IsPacked: false, Status.BornStamp: not 0 } && copy.BornAt - s_clockTick > _since && copy.BornAt < now ? copy.BornAt - s_clockTick : _since;
        Report(sink, HitId.Of('g', _path, (ulong)position.Generation, (ulong)fromOffset, []), fromOffset, cause, since, now);
    }

    private void Report(IScanSink sink, HitId id, long fromOffset, GapCause cause, DateTimeOffset since, DateTimeOffset until)
    {
        DependsOnOrder = true;
        // A clock that was put back meanwhile must not turn the bounds round.
        (since, until) = since <= until ? (since, until) : (until, since);
        sink.Gap(new ScanGap(id, _path, cause, since, until) { FromOffset = fromOffset, MaybeEmpty = cause == GapCause.CopiedAndTruncated || IsRemoved(cause) });
    }

    private FollowStep Step(long generation)
    {
        // A live file that is missing just now (between rename and create) leaves the positions as they are.
        FilePosition[] kept = [.. _read.TakeLast(FileFollower.KeptGenerations)];
        // Before all the others were read, it is not that which stayed.
        bool isPart = _reader.State == FollowState.More;
        bool isBlind = IsBlind;
        LiveFile? live = !isPart && _live is not null ? LiveFile.Of(_live.Status, _set.DirectoryDevice)
            // One that has another name and a place of its own is not waited for any more, and may be forgotten before the newer ones are read.
            : isPart && HasPlace(_from.Live) && (_live is null || !_from.Live!.IsOf(_live.Status)) ? null
            // Between two files of that name it is the one renamed; one that is gone was followed to its end, is another by now, or said to be lost.
            : isBlind || IsThere(_from.Live) || (isPart && generation == _from.LastGeneration) ? _from.Live : null;
        // A gap found later may lie between those that were read and those that were not.
        DateTimeOffset takenAt = (isPart || isBlind) && _from.TakenAt != DateTimeOffset.MinValue ? _since : _look.TakenAt;
        FileMark next = kept.AsSpan().SequenceEqual(_from.Positions.ToArray()) && generation == _from.LastGeneration && live == _from.Live
            ? _from : new FileMark(kept, generation, takenAt) { Live = live };
        return new FollowStep(next, _reader.State, _reader.BytesRead, _reader.LagBytes) { HasEnd = _hasEnd };
    }

    /// <summary>What became of a file that has no name here any more.</summary>
    private enum FileEnd
    {
        /// <summary>It was removed: it never comes back.</summary>
        Removed,

        /// <summary>It was moved to where it is not looked for.</summary>
        Elsewhere,
    }
}
