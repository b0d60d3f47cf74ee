using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>Names one join token (it is not the token's secret): <c>t-</c> and 16 characters of Crockford base 32 in lower case.</summary>
/// <remarks>It becomes a file name and a log field: nothing else is accepted.</remarks>
public readonly record struct TokenId : IComparable<TokenId>
{
    private const string Prefix = "t-";
    private readonly string? _text;

    private TokenId(string text) => _text = text;

    /// <summary>A new id of 80 random bits.</summary>
    public static TokenId New() => new(PrefixedId.New(Prefix));

    /// <summary>Reads an id.</summary>
    /// <exception cref="FleetFormatException">The text has another form.</exception>
    public static TokenId Parse(string text) =>
        TryParse(text, out var id) ? id : throw PrefixedId.Refuse(text, Prefix, "a token id");

    /// <summary>Reads an id; false where the text has another form.</summary>
    public static bool TryParse(string? text, out TokenId id)
    {
        var isValid = PrefixedId.IsValid(text, Prefix);
        id = isValid ? new TokenId(text!) : default;
        return isValid;
    }

    /// <inheritdoc/>
    public int CompareTo(TokenId other) => string.CompareOrdinal(_text, other._text);

    /// <summary>The text that was parsed; empty for the default value.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>Orders by text.</summary>
    public static bool operator <(TokenId left, TokenId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >(TokenId left, TokenId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by text.</summary>
    public static bool operator <=(TokenId left, TokenId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >=(TokenId left, TokenId right) => left.CompareTo(right) >= 0;
}
