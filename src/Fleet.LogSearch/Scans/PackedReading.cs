using Fleet.LogSearch.Files;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>A packed file that is being read through several steps: unpacking it from its beginning each time would take ever longer.</summary>
internal sealed class PackedReading : IDisposable
{
    private readonly LogGeneration _file;
    private readonly long _generation;
    private readonly Stream _stream;

    /// <param name="file">The file, which is opened once more, since its caller closes it after the step.</param>
    /// <param name="generation">Its number within the log.</param>
    /// <param name="offset">Where to go on.</param>
    public PackedReading(LogGeneration file, long generation, long offset)
    {
        _file = file.Reopen();
        _generation = generation;
        Offset = offset;
        try
        {
            _stream = _file.OpenFrom(offset);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        // A buffer of its own: what the window holds stays there between the steps.
        Window = new LineWindow(_stream, offset, long.MaxValue, LineNumbering.None, new byte[FollowBuffers.WindowBytes]) { SkipsHoles = true };
    }

    public LineWindow Window { get; }

    /// <summary>Up to here it was delivered.</summary>
    public long Offset { get; set; }

    public bool IsAt(LogGeneration file, long generation, long offset) =>
        _file.Status.IsSameFile(file.Status) && _generation == generation && Offset == offset;

    public void Dispose()
    {
        if (_stream is ProgramStream)
        {
            _stream.Dispose();
        }

        _file.Dispose();
    }
}
