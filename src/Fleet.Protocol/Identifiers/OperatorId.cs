using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>Names one operator: <c>o-</c> and 16 characters of Crockford base 32 in lower case.</summary>
/// <remarks>It becomes a file name and a log field: nothing else is accepted.</remarks>
public readonly record struct OperatorId : IComparable<OperatorId>
{
    private const string Prefix = "o-";
    private readonly string? _text;

    private OperatorId(string text) => _text = text;

    /// <summary>A new id of 80 random bits.</summary>
    public static OperatorId New() => new(PrefixedId.New(Prefix));

    /// <summary>Reads an id.</summary>
    /// <exception cref="FleetFormatException">The text has another form.</exception>
    public static OperatorId Parse(string text) =>
        TryParse(text, out var id) ? id : throw PrefixedId.Refuse(text, Prefix, "an operator id");

    /// <summary>Reads an id; false where the text has another form.</summary>
    public static bool TryParse(string? text, out OperatorId id)
    {
        var isValid = PrefixedId.IsValid(text, Prefix);
        id = isValid ? new OperatorId(text!) : default;
        return isValid;
    }

    /// <inheritdoc/>
    public int CompareTo(OperatorId other) => string.CompareOrdinal(_text, other._text);

    /// <summary>The text that was parsed; empty for the default value.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>Orders by text.</summary>
    public static bool operator <(OperatorId left, OperatorId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >(OperatorId left, OperatorId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by text.</summary>
    public static bool operator <=(OperatorId left, OperatorId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >=(OperatorId left, OperatorId right) => left.CompareTo(right) >= 0;
}
