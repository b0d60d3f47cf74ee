using Fleet.LogSearch.Files;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>A packed file that is being read through several steps: unpacking it from its beginning each time would take ever longer.</summary>
internal sealed class PackedReading : IDisposable
{
    private readonly LogGeneration _file;
    private readonly long _generation;
    private readonly Stream _stream;

    /// <param name="file">Names the file, which is opened once more, since its caller closes it after the step.</param>
    /// <param name="generation">Its number within the log.</param>
    /// <param name="offset">Where to go on.</param>
    /// <param name="buffers">For what is passed over.</param>
    /// <exception cref="LogMovedException">The name is gone, or another file's by now.</exception>
    public PackedReading(LogGeneration file, long generation, long offset, FollowBuffers buffers)
    {
        _file = LogGeneration.TryOpen(file.Name, buffers, out string fault) ?? throw new LogMovedException($"{file.Name}: {fault}");
        if (!_file.Status.IsSameFile(file.Status))
        {
            // A rotation that came since has given the name to a younger file, whose lines would count as this one's.
            _file.Dispose();
            throw new LogMovedException($"{file.Name} is another file by now");
        }

        _generation = generation;
        Offset = offset;
        _stream = _file.OpenFrom(offset);
        // A buffer of its own: what the window holds stays there between the steps.
        Window = new LineWindow(_stream, offset, long.MaxValue, LineNumbering.None, new byte[FollowBuffers.WindowBytes]);
    }

    public LineWindow Window { get; }

    /// <summary>Up to here it was delivered.</summary>
    public long Offset { get; set; }

    /// <summary>Whether it was the file's own bytes that came first: a program opens what has the name by then, and that is known once something came.</summary>
    public bool IsOf(LogGeneration file) => _stream is not ProgramStream || (FileStatus.Of(file.Name) is { } now && now.IsSameFile(file.Status));

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
