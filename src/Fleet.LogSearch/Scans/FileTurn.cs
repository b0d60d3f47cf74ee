namespace Fleet.LogSearch.Scans;

/// <summary>One step of reading a log of files: finds the generations again, reads them on, and tells what was lost.</summary>
internal sealed class FileTurn
{
    // A writer that was told to reopen its log does so at once; one whose log was simply removed may write to it for long.
    private static readonly TimeSpan s_quietOfOld = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_quietOfLast = TimeSpan.FromSeconds(60);

    // A file's time is that of the kernel's last clock tick, which may lie so far back.
    private static readonly TimeSpan s_clockTick = TimeSpan.FromMilliseconds(20);

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
        _unlisted.ForEach(file => file.Refresh(file.Name));
    }

    /// <summary>All that can be read, oldest first, those without a name among them.</summary>
    public List<LogGeneration> Files { get; }

    /// <summary>Whether a position stands in a file.</summary>
    public static bool Holds(LogGeneration file, FilePosition position) =>
        file.IsNumbered(position) && file.HasHeadOf(position) && file.ReachesTo(position);

    public FollowStep Run(IScanSink sink, CancellationToken cancel)
    {
        _reader.Begin(sink, cancel);
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
        LogGeneration? shortCopy = isLost ? Files.Find(file => IsShortCopy(file, newest!)) : null;
        if (isLost)
        {
            Report(sink, newest!, newest!.Offset, shortCopy is not null ? GapCause.CopiedAndTruncated : IsLive(newest) ? GapCause.Truncated : GapCause.RotatedAway);
            if (shortCopy is not null)
            {
                // All of it was read in the original: from now on it is known as that.
                FileFollower.AddRead(_read, shortCopy.At(newest.Generation, shortCopy.IsPacked ? long.MaxValue : shortCopy.Length));
            }
        }
        else if (newest is not null && IsLive(newest) && Files[places[^1]] != _live)
        {
            Report(sink, newest, Files[places[^1]] is { IsPacked: false } copy ? copy.Length : newest.Offset, GapCause.CopiedAndTruncated);
        }

        // 4. What came after it, oldest first. With the place lost, the times tell which files those are.
        long generation = _from.LastGeneration;
        int known = places.DefaultIfEmpty(-1).Max();
        bool byTime = isLost || newest is null || Array.TrueForAll(places, place => place < 0 || _unlisted.Contains(Files[place]));
        for (int i = known + 1; i < Files.Count && !_reader.IsSpent; i++)
        {
            LogGeneration file = Files[i];
            if (file == shortCopy || (byTime && file != _live && file.ChangedAt + s_clockTick <= _from.TakenAt))
            {
                continue;
            }

            if (file != _live && _live is not null && file.IsCopyOf(_live))
            {
                _reader.Wait();
                continue;
            }

            FilePosition position = _reader.Read(file, generation + 1, 0, isOver: i < Files.Count - 1);
            if (FileFollower.AddRead(_read, position))
            {
                generation++;
                if (file != _live && ((newest is not null && IsLive(newest)) || IsCopyOfStaying(file)))
                {
                    // The live file is still the one that it was: this is a copy of what it held meanwhile.
                    Report(sink, position, position.Offset == long.MaxValue ? 0 : position.Offset, GapCause.CopiedAndTruncated);
                }
            }
        }

        return Step(generation);
    }

    /// <summary>For each position the file it stands in, or -1; by number first, then by how the file begins.</summary>
    private int[] Locate()
    {
        IReadOnlyList<FilePosition> positions = _from.Positions;
        var places = new int[positions.Count];
        for (int i = 0; i < places.Length; i++)
        {
            FilePosition position = positions[i];
            places[i] = Files.FindIndex(file => Holds(file, position));
            if (places[i] < 0 && position.HeadBytes > 0)
            {
                // The newest of those that fit: an older one that begins alike was given up long ago.
                places[i] = Files.FindLastIndex(file => !file.IsNumbered(position) && file.HasHeadOf(position) && file.ReachesTo(position));
            }
        }

        for (int i = 0; i < places.Length; i++)
        {
            if (_unlisted.Find(file => Holds(file, positions[i])) is { } unlisted)
            {
                Place(places, i, unlisted);
            }
        }

        return places;
    }

    /// <summary>Gives a file without a name its place among the others.</summary>
    private void Place(int[] places, int i, LogGeneration unlisted)
    {
        if (places[i] >= 0 && !Files[places[i]].IsPacked)
        {
            return;
        }

        // What was written to it while it was being packed is in it alone: it is read instead of its packed copy.
        int at = places[i] >= 0 ? places[i] : Files.FindIndex(file => file.IsPacked && Array.IndexOf(places, Files.IndexOf(file)) < 0 && file.IsBeginningOf(unlisted));
        if (at >= 0)
        {
            _copies[unlisted] = Files[at];
            Files[at] = unlisted;
            places[i] = at;
            return;
        }

        // What is newer comes behind it.
        at = places[..i].DefaultIfEmpty(-1).Max() + 1;
        Files.Insert(at, unlisted);
        for (int j = 0; j < places.Length; j++)
        {
            places[j] += places[j] >= at ? 1 : 0;
        }

        places[i] = at;
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

    // A file made since has only got the number of one that was removed.
    private bool IsLive(FilePosition position) => _live is not null && _live.IsNumbered(position) && _live.BornAt <= _from.TakenAt;

    /// <summary>The live file is the one that it was, if only an empty one: what was made beside it since is a copy of what it held.</summary>
    private bool IsCopyOfStaying(LogGeneration file) =>
        _live is not null && _from.Live == (_live.Status.Device, _live.Status.Inode) && _live.BornAt <= _from.TakenAt && file.BornAt + s_clockTick > _from.TakenAt;

    /// <summary>A copy that was taken before the original was read as far as the position, and the original cut afterwards.</summary>
    private bool IsShortCopy(LogGeneration file, FilePosition position) =>
        file != _live && IsLive(position) && file.ChangedAt > _from.TakenAt - TimeSpan.FromSeconds(1)
        && (file.IsPacked ? file.HasHeadOf(position) || file.BeginsAs(position) : file.BeginsAs(position) && file.Length < position.Offset);

    private void Report(IScanSink sink, FilePosition position, long fromOffset, GapCause cause) =>
        sink.Gap(new ScanGap(HitId.Of('g', _path, (ulong)position.Generation, (ulong)fromOffset, []), _path, cause, _from.TakenAt, _time.GetUtcNow()) { FromOffset = fromOffset });

    private FollowStep Step(long generation)
    {
        // A live file that is missing just now (between rename and create) leaves the positions as they are.
        FilePosition[] kept = [.. _read.TakeLast(FileFollower.KeptGenerations)];
        // Before all the others were read, it is not that which stayed.
        (ulong, ulong)? live = _live is null || _reader.State == FollowState.More ? _from.Live : (_live.Status.Device, _live.Status.Inode);
        FileMark next = kept.AsSpan().SequenceEqual(_from.Positions.ToArray()) && generation == _from.LastGeneration && live == _from.Live
            ? _from : new FileMark(kept, generation, _takenAt) { Live = live };
        return new FollowStep(next, _reader.State, _reader.BytesRead, _reader.LagBytes);
    }
}
