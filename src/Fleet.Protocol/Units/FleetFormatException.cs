namespace Fleet.Protocol.Units;

/// <summary>A text given by an operator or read from a file does not have the form it must have.</summary>
public sealed class FleetFormatException : FormatException
{
    private const int LongestQuote = 80;

    /// <summary>Ties the error to the text it was found in.</summary>
    public FleetFormatException(string text, ParseError error)
        : base($"'{Shorten(text)}': {error}")
    {
        Text = text;
        Error = error;
    }

    /// <summary>The whole text that was parsed.</summary>
    public string Text { get; }

    /// <summary>Where and what.</summary>
    public ParseError Error { get; }

    /// <summary>The text with a caret under the error, on two or three lines.</summary>
    public string Render() => Error.Render(Text);

    private static string Shorten(string text) =>
        ParseError.Printable(text.Length <= LongestQuote ? text : text[..LongestQuote] + "...");
}
