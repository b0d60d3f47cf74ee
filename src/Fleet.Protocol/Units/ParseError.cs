namespace Fleet.Protocol.Units;

/// <summary>Says where a text written by an operator went wrong, what was wrong, and how to fix it.</summary>
/// <param name="Column">The place in the text, counted from 1; one past the length means the end.</param>
/// <param name="Message">What is wrong, in lower case and without a full stop.</param>
/// <param name="Hint">The hint, or empty where the message says it all.</param>
public sealed record ParseError(int Column, string Message, string Hint = "")
{
    // A terminal line; longer texts are shown through a window around the column.
    private const int WindowLength = 100;
    private const int BeforeColumn = 60;

    /// <summary>Draws the text with a caret under the column. The one rendering that every front end uses.</summary>
    /// <param name="text">The text that was parsed.</param>
    public string Render(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var index = Math.Clamp(Column - 1, 0, text.Length);
        var start = text.Length <= WindowLength ? 0 : Math.Max(0, index - BeforeColumn);
        var end = Math.Min(text.Length, start + WindowLength);
        var before = start > 0 ? "..." : "";
        var after = end < text.Length ? "..." : "";

        var picture = $"    {before}{Printable(text[start..end])}{after}\n";
        picture += $"    {new string(' ', before.Length + index - start)}^ {Message}";
        return Hint.Length == 0 ? picture : $"{picture}\n    hint: {Hint}";
    }

    /// <summary>The error on one line, for logs and status messages.</summary>
    public override string ToString() =>
        Hint.Length == 0 ? $"column {Column}: {Message}" : $"column {Column}: {Message} ({Hint})";

    // One column a character: a tab or a line break would move the caret, an escape could rewrite the terminal.
    internal static string Printable(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
}
