using System.Runtime.CompilerServices;
using System.Text;

namespace Fleet.Cli.Output;

/// <summary>
/// The one way to standard output and to standard error. On a terminal everything that is written becomes inert here (<see cref="InertText"/>), so that
/// no caller can forget it: a log line or a reason must not move the cursor, change the title, answer a query or disguise itself. Only styles and the
/// progress line make escape sequences, and they hold no text of anybody's.
/// </summary>
/// <remarks>To a pipe or a file bytes of hosts go as they are. For one thread at a time.</remarks>
internal sealed class ScreenWriter : TextWriter
{
    private readonly TextWriter _raw;
    private readonly StringBuilder _inert = new();
    private bool _endsWithReturn;
    private TextStyle _style;

    /// <param name="raw">Where it goes.</param>
    /// <param name="isTerminal">Whether that is a terminal.</param>
    /// <param name="hasColors">Whether styles show.</param>
    /// <param name="width">Columns.</param>
    public ScreenWriter(TextWriter raw, bool isTerminal, bool hasColors, int width)
        : base(System.Globalization.CultureInfo.InvariantCulture)
    {
        _raw = raw;
        IsTerminal = isTerminal;
        HasColors = hasColors;
        Width = width;
        CoreNewLine = ['\n'];
    }

    public bool IsTerminal { get; }

    public bool HasColors { get; }

    public int Width { get; }

    public override Encoding Encoding => _raw.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    /// <summary>Text of any number of lines.</summary>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.Length == 0)
            return;
        if (!IsTerminal || (!_endsWithReturn && !InertText.NeedsLook(buffer)))
        {
            _raw.Write(buffer);
            return;
        }

        // The line feed of a CR LF may come with the next piece.
        _inert.Clear();
        if (_endsWithReturn && buffer[0] != '\n')
            InertText.AppendBlock(_inert, "\r");
        _endsWithReturn = buffer[^1] == '\r';
        InertText.AppendBlock(_inert, _endsWithReturn ? buffer[..^1] : buffer);
        _raw.Write(_inert);
    }

    public override void WriteLine() => Write('\n');

    public override void WriteLine(string? value) => WriteLine(value.AsSpan());

    public override void WriteLine(ReadOnlySpan<char> buffer)
    {
        Write(buffer);
        Write('\n');
    }

    /// <summary>A field of one line: inert on a pipe too, or it could print lines that look like Fleet's own.</summary>
    public void WriteField(string? text) => Write(InertText.OneLine(text ?? ""));

    /// <summary>Pieces of a line.</summary>
    public void Write([InterpolatedStringHandlerArgument("")] ref StyledText text) => Switch(TextStyle.Plain);

    /// <summary>A line.</summary>
    public void WriteLine([InterpolatedStringHandlerArgument("")] ref StyledText text)
    {
        Switch(TextStyle.Plain);
        WriteLine();
    }

    /// <summary>A line.</summary>
    public Task WriteLineAsync([InterpolatedStringHandlerArgument("")] ref StyledText text)
    {
        WriteLine(ref text);
        return Task.CompletedTask;
    }

    /// <summary>Text of any number of lines in a style.</summary>
    public void WriteStyled(TextStyle style, ReadOnlySpan<char> text)
    {
        Switch(style);
        Write(text);
        Switch(TextStyle.Plain);
    }

    /// <summary>What follows has this style.</summary>
    public void Switch(TextStyle style)
    {
        if (!HasColors)
            return;
        if (!_style.IsPlain)
            Sequence(TextStyle.Plain.Sequence);
        if (!style.IsPlain)
            Sequence(style.Sequence);
        _style = style;
    }

    /// <summary>Writes over the line where the cursor is; not longer than the terminal is wide, for that could not be written over again.</summary>
    public void DrawOver(string text)
    {
        var line = InertText.OneLine(text);
        var width = Math.Max(20, Width - 1);
        Sequence("\r");
        Write(line.Length > width ? line[..width] : line);
        Sequence("\u001b[K");
    }

    /// <summary>Takes that line away.</summary>
    public void EraseLine() => Sequence("\r\u001b[K");

    public override void Flush() => _raw.Flush();

    private void Sequence(string text)
    {
        if (_endsWithReturn)
        {
            _endsWithReturn = false;
            _raw.Write("^M");
        }

        _raw.Write(text);
    }
}
