using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>The name operators know an agent by: a host name after RFC 1123, with underscores, kept in lower case.</summary>
/// <remarks>
/// 1 to 253 characters: letters, digits, '-', '.', '_'; a letter or digit first and last; no two dots side by side.
/// Orders naturally, web2 before web10.
/// </remarks>
public readonly record struct AgentName : IComparable<AgentName>
{
    private const int Longest = 253;
    private readonly string? _text;

    private AgentName(string text) => _text = text;

    /// <summary>Reads a name, in any case.</summary>
    /// <exception cref="FleetFormatException">The text cannot be a name; the error says where.</exception>
    public static AgentName Parse(string text) =>
        TryParse(text, out var name, out var error) ? name : throw new FleetFormatException(text, error!);

    /// <summary>Reads a name; false where the text cannot be one.</summary>
    public static bool TryParse(string? text, out AgentName name) => TryParse(text ?? "", out name, out _);

    /// <summary>Reads a name, or says why it cannot.</summary>
    public static bool TryParse(string text, out AgentName name, out ParseError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        error = Check(text);
        name = error is null ? new AgentName(text.ToLowerInvariant()) : default;
        return error is null;
    }

    /// <inheritdoc/>
    public int CompareTo(AgentName other) => NaturalOrder.Comparer.Compare(_text, other._text);

    /// <summary>The name in lower case; empty for the default value.</summary>
    public override string ToString() => _text ?? "";

    private static ParseError? Check(string text)
    {
        const string Rule = "a name has letters, digits, '-', '.' and '_', with a letter or digit first and last";
        if (text.Length is 0 or > Longest)
            return new ParseError(Math.Min(text.Length, Longest) + 1, $"a name has 1 to {Longest} characters", Rule);

        for (var i = 0; i < text.Length; i++)
        {
            var isEdge = i == 0 || i == text.Length - 1 || (text[i] == '.' && text[i - 1] == '.');
            if (!char.IsAsciiLetterOrDigit(text[i]) && (isEdge || text[i] is not ('-' or '.' or '_')))
                return new ParseError(i + 1, $"'{ParseError.Printable(text[i].ToString())}' cannot stand here in a name", Rule);
        }

        return null;
    }

    /// <summary>Orders naturally.</summary>
    public static bool operator <(AgentName left, AgentName right) => left.CompareTo(right) < 0;

    /// <summary>Orders naturally.</summary>
    public static bool operator >(AgentName left, AgentName right) => left.CompareTo(right) > 0;

    /// <summary>Orders naturally.</summary>
    public static bool operator <=(AgentName left, AgentName right) => left.CompareTo(right) <= 0;

    /// <summary>Orders naturally.</summary>
    public static bool operator >=(AgentName left, AgentName right) => left.CompareTo(right) >= 0;
}
