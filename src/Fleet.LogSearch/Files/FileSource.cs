using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;
using Microsoft.Win32.SafeHandles;

namespace Fleet.LogSearch.Files;

/// <summary>A file of lines, plain or compressed (told by its first bytes, not by its name).</summary>
public sealed class FileSource : LogSource
{
    private const int SampleBytes = 64 * 1024;

    // A smaller file is read faster than it is probed.
    private const long WorthSeeking = 1024 * 1024;

    // Clocks and zones: a line is never newer than its file by more than this.
    private static readonly TimeSpan s_clockGrace = TimeSpan.FromDays(1);

    private readonly string _path;

    /// <summary>Names a file; it is opened when it is searched.</summary>
    public FileSource(string path) : base(path) => _path = path;

    internal override SourceOutcome Search(PreparedQuery prepared, SearchBudget budget, IMatchSink sink)
    {
        if (Directory.Exists(_path))
        {
            throw new IOException("is a directory: name its files, or a glob such as " + Path.Join(_path, "*.log"));
        }

        if (FileStatus.Of(_path) is { IsRegular: false })
        {
            throw new IOException("is a pipe or a device, not a file of lines");
        }

        if (prepared.Query.Window.Since is { } since && File.Exists(_path) && File.GetLastWriteTimeUtc(_path) < since.UtcDateTime - s_clockGrace)
        {
            // Of a rotated set most files: they need not even be unpacked.
            return new SourceOutcome(Name, SearchEnd.Complete, "", 0, new long[prepared.Query.Patterns.Count], 0);
        }

        using SafeFileHandle file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        Compression compression = Decompression.Detect(file);
        if (compression == Compression.None)
        {
            return SearchPlain(file, prepared, budget, sink);
        }

        using var packed = new FileStream(file, FileAccess.Read, 0);
        using Stream stream = Decompression.Open(packed, compression);
        return SearchPacked(stream, prepared, budget, sink);
    }

    private SourceOutcome SearchPlain(SafeFileHandle file, PreparedQuery prepared, SearchBudget budget, IMatchSink sink)
    {
        long length = RandomAccess.GetLength(file);
        long from = 0, to = long.MaxValue;
        LineTimes? times = null;
        string note = "";
        if (prepared.NeedsTimes && length > 0)
        {
            var sample = new byte[(int)Math.Min(length, SampleBytes)];
            int read = RandomAccess.Read(file, sample, 0);
            TimestampReader? reader = CreateReader(prepared, sample.AsSpan(0, read));
            bool inOrder = false;
            if (reader is not null && prepared.Query.Window.IsBounded && length > WorthSeeking)
            {
                (long From, long To)? part = new TimeSeek(file, length, reader).Find(prepared.Query.Window);
                inOrder = part is not null;
                // Without an end the file is followed to wherever it has grown meanwhile.
                (from, to) = part is { } found ? (found.From, prepared.Query.Window.Until is null ? long.MaxValue : found.To) : (0, long.MaxValue);
                note = inOrder ? "" : "its lines are not in order of time: read whole";
            }

            times = reader is null ? null : new LineTimes(reader, prepared.Query.Window, inOrder);
        }

        using var stream = new FileStream(file, FileAccess.Read, 0);
        stream.Position = from;
        // Offsets tell the place; line numbers would need all that was skipped to be read.
        LineNumbering numbering = from > 0 ? LineNumbering.None : prepared.Query.LineNumbers;
        return SearchStream(stream, from, to - from, numbering, times, note, prepared, budget, sink);
    }

    private SourceOutcome SearchPacked(Stream stream, PreparedQuery prepared, SearchBudget budget, IMatchSink sink)
    {
        if (!prepared.NeedsTimes)
        {
            return SearchStream(stream, 0, long.MaxValue, prepared.Query.LineNumbers, null, "", prepared, budget, sink);
        }

        var sample = new byte[SampleBytes];
        int read = stream.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false);
        TimestampReader? reader = read == 0 ? null : CreateReader(prepared, sample.AsSpan(0, read));
        LineTimes? times = reader is null ? null : new LineTimes(reader, prepared.Query.Window, inOrder: false);
        using var whole = new PrefixedStream(sample.AsMemory(0, read), stream);
        return SearchStream(whole, 0, long.MaxValue, prepared.Query.LineNumbers, times, "", prepared, budget, sink);
    }

    private TimestampReader? CreateReader(PreparedQuery prepared, ReadOnlySpan<byte> sample)
    {
        var reader = TimestampReader.Create(prepared.Query.Timestamps, sample, new DateTimeOffset(File.GetLastWriteTimeUtc(_path)));
        return reader is null && prepared.Query.Window.IsBounded
            ? throw new InvalidDataException(prepared.Query.Timestamps.Form == TimestampForm.Detect
                ? "no time is recognized in its lines, so the window cannot be applied: name their format (--time-format), or omit --since and --until"
                : "none of its first lines has a time of the form that was named (--time-format), so the window cannot be applied")
            : reader;
    }

    private SourceOutcome SearchStream(Stream stream, long from, long length, LineNumbering numbering, LineTimes? times, string note,
        PreparedQuery prepared, SearchBudget budget, IMatchSink sink)
    {
        long limit = Math.Min(length, budget.BytesLeft);
        var window = new LineWindow(stream, from, limit, numbering);
        var search = new StreamSearch(prepared, budget, Name, window, times, sink);
        SearchEnd end;
        try
        {
            end = search.Run();
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            // What was found before the damage stands.
            (end, note) = (SearchEnd.Failed, $"read up to byte {from + window.BytesRead}: {fault.Message}");
        }

        string reason = end switch
        {
            SearchEnd.Complete or SearchEnd.Failed => note,
            SearchEnd.MatchLimit => $"stopped at the limit of {search.Matches} matches; there may be more",
            SearchEnd.ByteBudget => $"stopped after {window.BytesRead} bytes, the budget of the search",
            SearchEnd.CpuBudget => $"stopped after {window.BytesRead} bytes: the budget of processor time is used up",
            _ => $"cancelled after {window.BytesRead} bytes",
        };
        return new SourceOutcome(Name, end, reason, search.Matches, search.MatchesByPattern, window.BytesRead);
    }
}
