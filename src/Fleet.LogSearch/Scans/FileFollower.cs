using Fleet.LogSearch.Files;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>Reads what has been written to a log since a checkpoint, wherever rotation has put it meanwhile.</summary>
/// <remarks>
/// It holds no state between calls: the checkpoint is all there is, so a scan that was killed goes on from the last one saved, and delivers
/// what came after it once more with the same identities. A line is delivered when it is whole.
/// </remarks>
public sealed class FileFollower
{
    // A writer goes on in a renamed file until it reopens its log; two rotations later it has.
    private const int KeptGenerations = 3;

    private readonly string _path;
    private readonly PreparedQuery _prepared;
    private readonly TimeProvider _time;

    /// <summary>Follows a log.</summary>
    /// <param name="path">The live file's absolute path.</param>
    /// <param name="query">What is a hit; without window, context, record start and limits.</param>
    /// <param name="time">Dates checkpoints and gaps.</param>
    public FileFollower(string path, LogQuery query, TimeProvider time)
    {
        if (query.Window.IsBounded || query.Before + query.After > 0 || query.RecordStart is not null || query.Limits != new SearchLimits())
        {
            throw new LogQueryException("a scan sees each line once, when it is written: it has no window, context, record start or limits");
        }

        _path = path;
        _prepared = new PreparedQuery(query with { LineNumbers = LineNumbering.None });
        _time = time;
    }

    /// <summary>A checkpoint behind all that is there now.</summary>
    public ScanCheckpoint FromNow()
    {
        var positions = new List<FilePosition>();
        foreach (LogGeneration file in Open())
        {
            using (file)
            {
                AddRead(positions, file.At(positions.Count + 1, file.EndOfLines(0)));
            }
        }

        return new ScanCheckpoint(positions.TakeLast(KeptGenerations).ToArray(), _time.GetUtcNow());
    }

    /// <summary>Delivers every hit since a checkpoint, and gives back the next one, to be saved once the hits are safe.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the old checkpoint stands.</exception>
    public ScanCheckpoint Read(ScanCheckpoint from, IScanSink sink, CancellationToken cancel)
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<LogGeneration> files = Open();
        try
        {
            // 1. Where are the generations that were being read?
            int[] places = Locate(from.Positions, files);
            var read = new List<FilePosition>();
            for (int i = 0; i < places.Length; i++)
            {
                if (places[i] >= 0)
                {
                    // 2. What was written to them since.
                    AddRead(read, Deliver(files[places[i]], from.Positions[i].Generation, from.Positions[i].Offset, sink, cancel));
                }
            }

            // 3. Was the newest lost before its end was seen?
            long generation = from.Positions.Count == 0 ? 0 : from.Positions[^1].Generation;
            bool lost = places.Length > 0 && places[^1] < 0;
            if (lost)
            {
                sink.Gap(new ScanGap(_path, generation, from.Positions[^1].Offset, from.TakenAt, now));
            }

            // 4. What came after it, oldest first. With the place lost, the times tell which files those are.
            int known = places.Length == 0 ? -1 : places.Max();
            for (int i = known + 1; i < files.Count; i++)
            {
                if (!lost || i == files.Count - 1 || files[i].ChangedAt > from.TakenAt)
                {
                    generation += AddRead(read, Deliver(files[i], generation + 1, 0, sink, cancel)) ? 1 : 0;
                }
            }

            // A live file that is missing just now (between rename and create) leaves the positions as they are.
            return new ScanCheckpoint(read.TakeLast(KeptGenerations).ToArray() is { Length: > 0 } kept ? kept : from.Positions, now);
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private List<LogGeneration> Open() =>
        FileSet.Resolve(_path, Rotation.Followed).Select(source => LogGeneration.TryOpen(source.Name)).OfType<LogGeneration>().ToList();

    /// <summary>A file of which no line was read yet has nothing to be known again by, and is new until it has.</summary>
    private static bool AddRead(List<FilePosition> positions, FilePosition position)
    {
        if (position.Offset > 0)
        {
            positions.Add(position);
        }

        return position.Offset > 0;
    }

    /// <summary>For each position the file it stands in, or -1; by number first, then by how the file begins.</summary>
    private static int[] Locate(IReadOnlyList<FilePosition> positions, List<LogGeneration> files)
    {
        var places = new int[positions.Count];
        for (int i = 0; i < places.Length; i++)
        {
            FilePosition position = positions[i];
            places[i] = files.FindIndex(file => file.IsNumbered(position) && file.HasHeadOf(position));
            if (places[i] < 0 && position.HeadBytes > 0)
            {
                places[i] = files.FindIndex(file => file.HasHeadOf(position));
            }
        }

        return places;
    }

    private FilePosition Deliver(LogGeneration file, long generation, long from, IScanSink sink, CancellationToken cancel)
    {
        long end = file.EndOfLines(from);
        if (end == from)
        {
            return file.At(generation, from);
        }

        Stream stream = file.OpenFrom(from);
        try
        {
            var window = new LineWindow(stream, from, end - from, LineNumbering.None);
            var search = new StreamSearch(_prepared, new SearchBudget(new SearchLimits(), cancel), _path, window, null, new WithIdentity(_path, generation, sink));
            search.Run();
            cancel.ThrowIfCancellationRequested();
            return file.At(generation, from + window.BytesRead);
        }
        finally
        {
            if (stream is ProgramStream)
            {
                stream.Dispose();
            }
        }
    }

    private sealed class WithIdentity(string path, long generation, IScanSink sink) : IMatchSink
    {
        public void Take(in FoundLine line) => sink.Hit(new HitId(path, generation, line.Offset), line);
    }
}
