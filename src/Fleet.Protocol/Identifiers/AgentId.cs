using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>Names one enrolled agent for as long as it is enrolled: <c>a-</c> and 16 characters of Crockford base 32 in lower case.</summary>
/// <remarks>It becomes a file name and a log field: nothing else is accepted.</remarks>
public readonly record struct AgentId : IComparable<AgentId>
{
    private const string Prefix = "a-";
    private readonly string? _text;

    private AgentId(string text) => _text = text;

    /// <summary>A new id of 80 random bits.</summary>
    public static AgentId New() => new(PrefixedId.New(Prefix));

    /// <summary>Reads an id.</summary>
    /// <exception cref="FleetFormatException">The text has another form.</exception>
    public static AgentId Parse(string text) =>
        TryParse(text, out var id) ? id : throw PrefixedId.Refuse(text, Prefix, "an agent id");

    /// <summary>Reads an id; false where the text has another form.</summary>
    public static bool TryParse(string? text, out AgentId id)
    {
        var isValid = PrefixedId.IsValid(text, Prefix);
        id = isValid ? new AgentId(text!) : default;
        return isValid;
    }

    /// <inheritdoc/>
    public int CompareTo(AgentId other) => string.CompareOrdinal(_text, other._text);

    /// <summary>The text that was parsed; empty for the default value.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>Orders by text.</summary>
    public static bool operator <(AgentId left, AgentId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >(AgentId left, AgentId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by text.</summary>
    public static bool operator <=(AgentId left, AgentId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >=(AgentId left, AgentId right) => left.CompareTo(right) >= 0;
}
