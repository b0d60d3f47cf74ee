using Fleet.Protocol.Text;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>The key of a label: 1 to 63 of <c>a-z 0-9 . _ / -</c>, a letter or digit first.</summary>
public readonly record struct LabelKey : IComparable<LabelKey>
{
    /// <summary>The longest value a label may have, in characters. Values hold no control characters.</summary>
    public const int LongestValue = 255;

    private const int Longest = 63;
    private readonly string? _text;

    private LabelKey(string text) => _text = text;

    /// <summary>Reads a key.</summary>
    /// <exception cref="FleetFormatException">The text cannot be a key; the error says where.</exception>
    public static LabelKey Parse(string text) =>
        TryParse(text, out var key, out var error) ? key : throw new FleetFormatException(text, error!);

    /// <summary>Reads a key; false where the text cannot be one.</summary>
    public static bool TryParse(string? text, out LabelKey key) => TryParse(text ?? "", out key, out _);

    /// <summary>Reads a key, or says why it cannot.</summary>
    public static bool TryParse(string text, out LabelKey key, out ParseError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        error = CheckKey(text);
        key = error is null ? new LabelKey(text) : default;
        return error is null;
    }

    /// <summary>Says what is wrong with a label's value, or null. Columns count from the value's first character.</summary>
    public static ParseError? CheckValue(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length > LongestValue)
            return new ParseError(LongestValue + 1, $"a label's value has at most {LongestValue} characters", "shorten it");

        return OneLineText.IndexOfUnclean(value) is >= 0 and var at
            ? new ParseError(at + 1, "a label's value is one line without control characters or invisible ones", "remove line breaks, tabs and what cannot be seen")
            : null;
    }

    /// <inheritdoc/>
    public int CompareTo(LabelKey other) => string.CompareOrdinal(_text, other._text);

    /// <summary>The key; empty for the default value.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>Whether a character may stand in a key, first or later.</summary>
    internal static bool IsKeyChar(char c, bool isFirst) =>
        char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || (!isFirst && c is ('.' or '_' or '/' or '-'));

    private static ParseError? CheckKey(string text)
    {
        const string Rule = "a key has a-z, 0-9, '.', '_', '/' and '-', with a letter or digit first";
        if (text.Length is 0 or > Longest)
            return new ParseError(Math.Min(text.Length, Longest) + 1, $"a label's key has 1 to {Longest} characters", Rule);

        for (var i = 0; i < text.Length; i++)
        {
            if (!IsKeyChar(text[i], i == 0))
                return new ParseError(i + 1, $"'{ParseError.Printable(text[i].ToString())}' cannot stand here in a label's key", Rule);
        }

        return null;
    }

    /// <summary>Orders by text.</summary>
    public static bool operator <(LabelKey left, LabelKey right) => left.CompareTo(right) < 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >(LabelKey left, LabelKey right) => left.CompareTo(right) > 0;

    /// <summary>Orders by text.</summary>
    public static bool operator <=(LabelKey left, LabelKey right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >=(LabelKey left, LabelKey right) => left.CompareTo(right) >= 0;
}
