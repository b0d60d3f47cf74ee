using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fleet.Cli.Output;

/// <summary>
/// A piece of a line, as an interpolated string (the compiler prefers this to making a string of it): a <see cref="TextStyle"/> in it holds until the next, every other value is a field of one line and is
/// made inert, wherever it comes from.
/// </summary>
[InterpolatedStringHandler]
internal readonly ref struct StyledText
{
    private readonly ScreenWriter _writer;

    public StyledText(int literalLength, int formattedCount, ScreenWriter writer) => _writer = writer;

    /// <summary>For a <see cref="Screen.Note(ref StyledText)"/>.</summary>
    public StyledText(int literalLength, int formattedCount, Screen screen)
        : this(literalLength, formattedCount, screen.Err) => screen.BeginNote(TextStyle.Yellow);

    public void AppendLiteral(string text) => _writer.Write(text);

    public void AppendFormatted(TextStyle style) => _writer.Switch(style);

    public void AppendFormatted(string? text) => _writer.WriteField(text);

    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    public void AppendFormatted<T>(T value, string? format) =>
        _writer.WriteField(value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString());

    public void AppendFormatted<T>(T value, int alignment)
        where T : IFormattable
    {
        var text = value.ToString(null, CultureInfo.InvariantCulture);
        _writer.WriteField(alignment < 0 ? text.PadRight(-alignment) : text.PadLeft(alignment));
    }
}
