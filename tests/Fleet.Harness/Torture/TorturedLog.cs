using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Harness.Torture;

/// <summary>What stands in the lines of a log.</summary>
internal enum LineKind
{
    Plain,
    WindowsEnds,
    Nuls,
    BadUtf8,
    Huge,
}

/// <summary>A line that was written.</summary>
/// <param name="FromUs">It was begun after this, Unix microseconds.</param>
/// <param name="ToUs">And written before this.</param>
/// <param name="Generation">Which file, or which filling of it, it went to.</param>
internal readonly record struct WrittenLine(long FromUs, long ToUs, int Generation);

/// <summary>A log that is written to line by line, with the list of what was written, which nobody rotates.</summary>
/// <remarks>The writer is one task, the rotation another.</remarks>
internal sealed class TorturedLog(string name, string path, int seed) : IDisposable
{
    private const int HugeBytes = 2_500_000;

    private readonly Random _random = new(HashCode.Combine(seed, name.Length, name[0], name[^1]));
    private readonly List<WrittenLine> _written = [];
    private SafeFileHandle? _file;
    private volatile bool _reopens;
    private int _generation;

    /// <summary>How lines begin that it wrote.</summary>
    public string Name { get; } = name;

    /// <summary>The live file.</summary>
    public string Path { get; } = path;

    public LineKind Kind { get; init; }

    /// <summary>Whether the writer has opened for append, as most do.</summary>
    public bool Appends { get; init; } = true;

    /// <summary>Whether it opens its log for each line, and so notices at once that it is another.</summary>
    public bool OpensEachTime { get; init; }

    /// <summary>Whether some lines are written in two halves with a while between them.</summary>
    public bool Halves { get; init; }

    /// <summary>Whether each file begins with a line that is none of those that count.</summary>
    public bool HasHeader { get; init; }

    /// <summary>A file whose appearance tells it to reopen its log, as a signal would.</summary>
    public string? Signal { get; init; }

    /// <summary>Between bursts of a few lines, at most.</summary>
    public TimeSpan MostPause { get; init; } = TimeSpan.FromMilliseconds(500);

    public IReadOnlyList<WrittenLine> Written => _written;

    public int Count => _written.Count;

    /// <summary>So many lines stood there before any scan: none of them is to be stored.</summary>
    public int Before { get; set; }

    /// <summary>From this line on each is to be stored; of those between nobody knows whether the scan had begun.</summary>
    public int CountedFrom { get; set; }

    /// <summary>A line's whole text without its end.</summary>
    public byte[] TextOf(int number) => Kind switch
    {
        LineKind.Huge when number % 40 == 7 => Encoding.ASCII.GetBytes(Head(number) + new string('x', HugeBytes) + " E"),
        LineKind.Nuls => [.. Encoding.ASCII.GetBytes(Head(number)), 0, (byte)'n', 0, 0, .. " E"u8],
        LineKind.BadUtf8 => [.. Encoding.ASCII.GetBytes(Head(number)), 0xFF, 0xC3, (byte)'(', 0xE2, 0x82, .. " E"u8],
        _ => Encoding.ASCII.GetBytes(Head(number) + new string('x', number * 7 % 90) + " E"),
    };

    /// <summary>The next line goes to the file that has the name then.</summary>
    public void Reopen() => _reopens = true;

    /// <summary>What is written from now on is another filling of the same file.</summary>
    public void NoteCut() => Interlocked.Increment(ref _generation);

    public async Task WriteAsync(CancellationToken stop)
    {
        Open();
        while (!stop.IsCancellationRequested)
        {
            for (var burst = _random.Next(1, 5); burst > 0 && !stop.IsCancellationRequested; burst--)
                await WriteLineAsync(stop);
            await WaitAsync(MostPause * _random.NextDouble(), stop);
        }
    }

    /// <summary>Some lines at once.</summary>
    public void Write(int lines)
    {
        Open();
        for (; lines > 0; lines--)
        {
            var from = NowUs();
            var text = Line(_written.Count);
            if (Native.Write(_file!, text) != text.Length)
                throw new IOException($"{Path}: a line was not taken");
            _written.Add(new WrittenLine(from, NowUs(), Volatile.Read(ref _generation)));
        }
    }

    public void Dispose() => _file?.Dispose();

    public static long NowUs() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static async Task WaitAsync(TimeSpan time, CancellationToken stop)
    {
        try
        {
            await Task.Delay(time, stop);
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task WriteLineAsync(CancellationToken stop)
    {
        if (_file is null || _reopens || OpensEachTime || File.Exists(Signal))
            Open();
        var (number, from) = (_written.Count, NowUs());
        ReadOnlyMemory<byte> left = Line(number);
        if (Halves && _random.Next(6) == 0)
        {
            left = left[(int)Native.Write(_file!, left.Span[..(left.Length / 2)])..];
            await WaitAsync(TimeSpan.FromSeconds(_random.Next(1, 9)), stop);
        }

        // A disk that is full takes a part, or nothing, until there is room again.
        while (left.Length > 0)
        {
            var taken = (int)Native.Write(_file!, left.Span);
            left = left[Math.Max(0, taken)..];
            if (left.Length > 0)
                await Task.Delay(20, CancellationToken.None);
        }

        _written.Add(new WrittenLine(from, NowUs(), Volatile.Read(ref _generation)));
    }

    private void Open()
    {
        _reopens = false;
        if (Signal is not null)
            File.Delete(Signal);
        var before = _file;
        var isOther = before is null || !IsLive(before);
        if (isOther)
        {
            _file = Native.OpenToWrite(Path, Appends);
            before?.Dispose();
            Interlocked.Increment(ref _generation);
            if (HasHeader && new FileInfo(Path).Length == 0)
                _ = Native.Write(_file, "# 00 header, its number changes in place\n"u8);
        }
    }

    private bool IsLive(SafeFileHandle file)
    {
        try
        {
            return new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget == (File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path);
        }
        catch (FileNotFoundException)
        {
            // Rotated away just now.
            return false;
        }
    }

    private byte[] Line(int number) => [.. TextOf(number), .. Kind == LineKind.WindowsEnds ? "\r\n"u8 : "\n"u8];

    private string Head(int number) => string.Create(CultureInfo.InvariantCulture, $"T {Name} {number:d7} ");
}
