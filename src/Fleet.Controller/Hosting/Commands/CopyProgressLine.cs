using System.Globalization;
using Fleet.Storage;

namespace Fleet.Controller.Hosting.Commands;

/// <summary>Shows on a terminal how far a copy is, in one line that is written over.</summary>
internal sealed class CopyProgressLine(TextWriter terminal, TimeProvider time) : IProgress<CopyProgress>
{
    private const string ClearLine = "\r\u001b[K";
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(200);
    private long _shown;
    private bool _isShown;

    /// <inheritdoc/>
    public void Report(CopyProgress value)
    {
        if (_isShown && time.GetElapsedTime(_shown) < s_every)
            return;
        (_shown, _isShown) = (time.GetTimestamp(), true);
        terminal.Write(string.Create(CultureInfo.InvariantCulture, $"{ClearLine}{value.Step}: {value.Table}, {value.Rows:#,0} rows"));
        terminal.Flush();
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_isShown)
            terminal.Write(ClearLine);
    }
}
