using Fleet.Agent.Scanning.Findings;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Scanning.Spool;

/// <summary>
/// Findings that are not delivered yet, and the marks up to which logs were read for them, in one row of files: a frame holds both, so that
/// after a crash at any moment there are both or neither.
/// </summary>
/// <remarks>For all threads. Each file begins with all marks, so older files can go as soon as their reports are acknowledged.</remarks>
internal sealed partial class ScanSpool : IDisposable
{
    private const int SegmentBytes = 1024 * 1024;
    private const int HeadsPerSegment = 4;

    private readonly Lock _gate = new();
    private readonly string _directory;
    private readonly long _limit;
    private readonly ILogger _log;
    private readonly Dictionary<string, string> _marks = new(StringComparer.Ordinal);
    private readonly SpoolIndex _index = new();
    private readonly List<SpoolSegment> _segments = [];
    private SafeFileHandle? _file;
    private ulong _next = 1;
    private ulong _sent;
    private ulong _acknowledged;
    private ulong _published;

    /// <summary>Opens the spool, and goes on with what an earlier process left.</summary>
    /// <param name="directory">Made already.</param>
    /// <param name="limitBytes">What reports may take.</param>
    /// <param name="log">Where recovery and summaries are reported.</param>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    public ScanSpool(string directory, long limitBytes, ILogger<ScanSpool> log)
    {
        (_directory, _limit, _log) = (directory, limitBytes, log);
        Recover();
        if (_segments.Count == 0)
            Roll_NeedsLock();
        _file ??= Open(_segments[^1]);
        _published = _next - 1;
    }

    /// <summary>Told when there is a report to send, by the thread that made it.</summary>
    public event Action? Published;

    /// <summary>Another id means another spool: what the old one held is lost.</summary>
    public string Id { get; private set; } = "";

    /// <summary>What is not acknowledged.</summary>
    public (long Bytes, int Reports) Held
    {
        get
        {
            lock (_gate)
                return (_index.Bytes, _index.Count);
        }
    }

    /// <summary>The first report that the controller does not have.</summary>
    public ulong FirstUnacknowledged
    {
        get
        {
            lock (_gate)
                return _acknowledged + 1;
        }
    }

    /// <summary>The mark kept under a key; null where there is none.</summary>
    public string? Mark(string key)
    {
        lock (_gate)
            return _marks.GetValueOrDefault(key);
    }

    /// <summary>Every key with a mark.</summary>
    public IReadOnlyList<string> Keys()
    {
        lock (_gate)
            return [.. _marks.Keys];
    }

    /// <summary>Keeps findings and the marks that go with them.</summary>
    /// <exception cref="IOException">Nothing of it is kept (the disk may be full); the same may be tried again.</exception>
    public void Commit(StagedFindings staged)
    {
        var reports = ReportBuilder.Build(staged).ConvertAll(report => report.ToByteArray());
        lock (_gate)
        {
            var entry = new SpoolEntry.Commit(_next, staged.Marks, reports);
            Append_NeedsLock(entry);
            Apply_NeedsLock(_segments[^1], entry);
            TryTidy_NeedsLock();
        }
    }

    /// <summary>Brings what was committed to the disk, and lets it be sent.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Flush()
    {
        SafeFileHandle file;
        ulong last;
        lock (_gate)
        {
            if (_published == _next - 1)
                return;
            (file, last) = (_file!, _next - 1);
        }

        // Sent only when a power cut cannot take it back: it would be found again, and counted again.
        RandomAccess.FlushToDisk(file);
        lock (_gate)
            _published = Math.Max(_published, last);
        Published?.Invoke();
    }

    /// <summary>Whether there is a report of that number to send.</summary>
    public bool IsThere(ulong number)
    {
        lock (_gate)
            return number > _acknowledged && number <= _published;
    }

    /// <summary>The report of a number; null where there is none to send.</summary>
    /// <exception cref="IOException">The spool cannot be read.</exception>
    public ScanReport? Read(ulong number)
    {
        lock (_gate)
        {
            if (number == 0 || number > _published || number <= _acknowledged)
                return null;
            var report = new ScanReport();
            if (_index.Find(number) is { } place)
                report.MergeFrom(ReadBytes(place));
            (report.Number, report.SpoolId) = (number, Id);
            return report;
        }
    }

    /// <summary>Notes, before it happens, that a report is sent: from then on it stays as it is.</summary>
    public void NoteSent(ulong number)
    {
        lock (_gate)
        {
            if (number <= _sent)
                return;
            Append_NeedsLock(new SpoolEntry.Progress(number, _acknowledged));
            _sent = number;
        }
    }

    /// <summary>The controller has stored everything up to a report.</summary>
    public void Acknowledge(string spoolId, ulong number)
    {
        lock (_gate)
        {
            if (spoolId != Id || number <= _acknowledged || number >= _next)
                return;
            _acknowledged = number;
            _sent = Math.Max(_sent, number);
            _index.RemoveUpTo(number);
            foreach (var done in _segments.SkipLast(1).TakeWhile(segment => segment.LastNumber <= number).ToList())
            {
                _segments.Remove(done);
                File.Delete(done.Path);
            }

            // Not kept each time, nor where the disk is full: what is sent twice is dropped there.
            if (_index.Count == 0)
                TryNote_NeedsLock();
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _file?.Dispose();
    }

    private void Append_NeedsLock(SpoolEntry entry)
    {
        var segment = _segments[^1];
        var frame = SpoolFrame.Seal(entry.ToBytes());
        try
        {
            RandomAccess.Write(_file!, frame, segment.Length);
        }
        catch (IOException)
        {
            // A part of it may be there; the next frame must not stand behind that.
            RandomAccess.SetLength(_file!, segment.Length);
            throw;
        }

        segment.Length += frame.Length;
    }

    /// <summary>
    /// Keeps the spool within its bounds. What was committed stays so where there is no room for that: were it said to have failed, the same
    /// would be committed, and counted, once more.
    /// </summary>
    private void TryTidy_NeedsLock()
    {
        try
        {
            if (_index.Bytes > _limit)
                Summarise_NeedsLock();
            if (_segments[^1].Length > Math.Max(SegmentBytes, HeadsPerSegment * _segments[^1].HeadLength))
                Roll_NeedsLock();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUntidy(_directory, e.Message);
        }
    }

    private void TryNote_NeedsLock()
    {
        try
        {
            Append_NeedsLock(new SpoolEntry.Progress(_sent, _acknowledged));
        }
        catch (IOException)
        {
            // The next frame says it.
        }
    }

    /// <summary>Begins a new file, with all marks at its head.</summary>
    private void Roll_NeedsLock()
    {
        Id = Id.Length == 0 ? Guid.NewGuid().ToString("n") : Id;
        var segment = new SpoolSegment(_directory, _segments.Count == 0 ? 1 : _segments[^1].Index + 1) { LastNumber = _next - 1 };
        // First what is in the file before: its findings must not be lost where the marks that go with them, which stand at the new one's
        // head, are not.
        if (_file is not null)
            RandomAccess.FlushToDisk(_file);
        segment.Write([new SpoolEntry.Head(Id, _next, _sent, _acknowledged, new Dictionary<string, string>(_marks))]);
        var opened = Open(segment);
        _file?.Dispose();
        _file = opened;
        _segments.Add(segment);
        foreach (var done in _segments.SkipLast(1).TakeWhile(before => before.LastNumber <= _acknowledged).ToList())
        {
            _segments.Remove(done);
            File.Delete(done.Path);
        }
    }

    private static byte[] ReadBytes(SpooledReport place)
    {
        using var file = File.OpenHandle(place.Segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[place.Length];
        return RandomAccess.Read(file, bytes, place.Offset) == bytes.Length
            ? bytes : throw new IOException($"{place.Segment.Path} is shorter than it was");
    }

    private static SafeFileHandle Open(SpoolSegment segment) =>
        File.OpenHandle(segment.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    [LoggerMessage(6500, LogLevel.Warning, "The spool of scan findings in {Directory} was lost or is damaged at {Path}; what it held there is not known")]
    private partial void LogDamaged(string directory, string path);

    [LoggerMessage(6502, LogLevel.Warning, "The spool of scan findings in {Directory} cannot be kept within its bounds just now: {Reason}")]
    private partial void LogUntidy(string directory, string reason);

    [LoggerMessage(6501, LogLevel.Warning, "The spool of scan findings is full: the oldest {Reports} reports are counted by template now ({Bytes} bytes held)")]
    private partial void LogSummarised(int reports, long bytes);
}
